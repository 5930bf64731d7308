import type { Metadata } from "next";

import { AuthHeading } from "@/features/auth/auth-heading";
import { OtherWayIn } from "@/features/auth/other-way-in";
import { SignInForm } from "@/features/auth/sign-in-form";

export const metadata: Metadata = { title: "Sign in" };

export default function SignInPage() {
  return (
    <>
      <AuthHeading title="Sign in" />
      <SignInForm />
      <OtherWayIn question="No account yet?" href="/register" label="Create one" />
    </>
  );
}
