import type { Metadata } from "next";

import { AuthHeading } from "@/features/auth/auth-heading";
import { OtherWayIn } from "@/features/auth/other-way-in";
import { SignUpForm } from "@/features/auth/sign-up-form";

export const metadata: Metadata = { title: "Create an account" };

export default function SignUpPage() {
  return (
    <>
      <AuthHeading title="Create an account" description="It lives on this server only. Nothing is sent anywhere else." />
      <SignUpForm />
      <OtherWayIn question="Have an account?" href="/login" label="Sign in" />
    </>
  );
}
