import type { Things } from "./things";

export interface Route {
  path: string;
  /** The level-one heading when everything is there. */
  heading: RegExp;
  /** What its editor draws, where it has one and so may fetch Monaco. */
  editor?: string;
}

export const publicRoutes: Route[] = [
  { path: "/", heading: /./ },
  { path: "/login", heading: /sign in/i },
  { path: "/register", heading: /account/i },
];

/** Every page behind the sign-in, with its tabs. */
export function routesOf({ functionId, executionId, failedId }: Things): Route[] {
  return [
    { path: "/overview", heading: /^Overview$/ },
    { path: "/overview?range=7d", heading: /^Overview$/ },
    { path: "/functions", heading: /^Functions$/ },
    { path: "/functions?q=greet", heading: /^Functions$/ },
    { path: "/functions/new", heading: /^Create function$/ },
    { path: `/functions/${functionId}`, heading: /^greeting$/, editor: ".monaco-editor .view-line" },
    { path: `/functions/${functionId}?tab=versions`, heading: /^greeting$/ },
    { path: `/functions/${functionId}?tab=versions&from=1&to=2`, heading: /^greeting$/, editor: ".monaco-diff-editor .line-insert" },
    { path: `/functions/${functionId}?tab=environment`, heading: /^greeting$/ },
    { path: `/functions/${functionId}?tab=settings`, heading: /^greeting$/ },
    { path: "/executions", heading: /^Executions$/ },
    { path: "/executions?status=failed", heading: /^Executions$/ },
    { path: `/executions/${executionId}`, heading: /greeting/ },
    { path: `/executions/${failedId}`, heading: /greeting/ },
    { path: `/executions/compare?a=${failedId}&b=${executionId}`, heading: /./ },
    { path: "/logs", heading: /^Logs$/ },
    { path: "/keys", heading: /^API keys$/ },
    { path: "/settings", heading: /^Settings$/ },
    { path: "/status", heading: /^Status$/ },
    { path: "/reference", heading: /^API reference$/ },
    { path: "/reference?operation=create-key", heading: /^API reference$/ },
  ];
}
