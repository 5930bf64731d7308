"use client";

import { PageHeader } from "@/components/ui/page-header";
import { useSession } from "@/lib/use-session";

import { DangerZone } from "./danger-zone";
import { Password } from "./password-section";
import { Profile } from "./profile-section";
import { Sessions } from "./sessions-section";
import { Theme } from "./theme-section";

export function SettingsPage() {
  const session = useSession();
  if (session.phase !== "signed-in" && session.phase !== "expired") return null;
  return (
    <div className="max-w-3xl px-4 md:px-6">
      <PageHeader title="Settings" />
      <Profile user={session.user} />
      <Password email={session.user.email} />
      <Sessions />
      <Theme />
      <DangerZone email={session.user.email} />
    </div>
  );
}
