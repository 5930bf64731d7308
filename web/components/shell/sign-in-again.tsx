"use client";

import { useRouter } from "next/navigation";
import { useState, type FormEvent } from "react";
import { useSWRConfig } from "swr";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { PasswordInput } from "@/components/ui/input";
import { messageOf } from "@/lib/api/problem";
import { forgetSession, signIn } from "@/lib/session";
import { useSession } from "@/lib/use-session";

/** Over the page as it is when the session has ended: whoever signs in again loses nothing that was typed. */
export function SignInAgain() {
  const session = useSession();
  const email = session.phase === "expired" ? session.user.email : "";
  // Closed and not taken away, so that the focus returns to where it was.
  return (
    <Dialog open={email !== ""} title="Sign in again" description={`The session of ${email} has ended. What is on this page is kept.`} size="sm">
      <SignInForm email={email} />
    </Dialog>
  );
}

function SignInForm({ email }: { email: string }) {
  const { mutate } = useSWRConfig();
  const router = useRouter();
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string>();
  const [pending, setPending] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setPending(true);
    try {
      await signIn(email, password);
      setPassword("");
      setProblem(undefined);
      void mutate(() => true); // whatever failed meanwhile is fetched again
    } catch (error) {
      setProblem(messageOf(error));
    } finally {
      setPending(false);
    }
  };
  const leave = () => {
    forgetSession();
    router.push("/login");
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
      <Field label="Password" error={problem}>
        <PasswordInput autoComplete="current-password" value={password} onChange={(e) => setPassword(e.target.value)} required />
      </Field>
      <div className="flex justify-between gap-2">
        <Button type="button" variant="ghost" onClick={leave}>
          Use another account
        </Button>
        <Button type="submit" variant="primary" pending={pending}>
          Sign in
        </Button>
      </div>
    </form>
  );
}
