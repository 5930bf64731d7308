import type { Metadata } from "next";

import { Example } from "@/features/landing/example";
import { Figures } from "@/features/landing/figures";
import { Hero } from "@/features/landing/hero";
import { Isolation } from "@/features/landing/isolation";
import { SiteFooter } from "@/features/landing/site-footer";
import { SiteHeader } from "@/features/landing/site-header";

export const metadata: Metadata = {
  title: { absolute: "VoltRun: functions on your own server, a machine for every execution" },
  description: "A self-hosted platform for Node.js and Python functions. Every execution gets a fresh machine, booted before it was asked for.",
};

export default function LandingPage() {
  return (
    <div className="mx-auto max-w-304 border-hairline xl:border-x">
      <SiteHeader />
      <main>
        <Hero />
        <Example />
        <Isolation />
        <Figures />
      </main>
      <SiteFooter />
    </div>
  );
}
