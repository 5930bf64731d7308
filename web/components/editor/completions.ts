import type { MonacoApi, Monaco } from "./monaco";

interface Member {
  name: string;
  call?: boolean;
  says: string;
}

/** What a handler's second argument holds, as the runners set it (internal/lang). */
const context: Record<"javascript" | "python", Member[]> = {
  javascript: [
    { name: "getRemainingTimeInMillis", call: true, says: "Milliseconds left until the function's timeout." },
    { name: "awsRequestId", says: "The id of this execution." },
    { name: "functionName", says: "The function's name." },
    { name: "functionVersion", says: "The number of the version that runs." },
    { name: "memoryLimitInMB", says: "The function's memory limit in MB, as a string." },
    { name: "invokedFunctionArn", says: "The function in the form of an ARN." },
    { name: "logGroupName", says: "The name of the function's log group." },
    { name: "logStreamName", says: "The name of the machine's log stream." },
  ],
  python: [
    { name: "get_remaining_time_in_millis", call: true, says: "Milliseconds left until the function's timeout." },
    { name: "aws_request_id", says: "The id of this execution." },
    { name: "function_name", says: "The function's name." },
    { name: "function_version", says: "The number of the version that runs." },
    { name: "memory_limit_in_mb", says: "The function's memory limit in MB, as a string." },
    { name: "invoked_function_arn", says: "The function in the form of an ARN." },
    { name: "log_group_name", says: "The name of the function's log group." },
    { name: "log_stream_name", says: "The name of the machine's log stream." },
  ],
};

/**
 * Completes `context.` in both languages. Plain JavaScript gives a handler's parameters no type, and Python has no
 * type checker here at all.
 */
export function prepareCompletions({ languages }: MonacoApi) {
  for (const language of ["javascript", "python"] as const) {
    languages.registerCompletionItemProvider(language, {
      triggerCharacters: ["."],
      provideCompletionItems(model, position) {
        const before = model.getLineContent(position.lineNumber).slice(0, position.column - 1);
        if (!/\bcontext\.\w*$/.test(before)) return { suggestions: [] };
        const word = model.getWordUntilPosition(position);
        const range = { startLineNumber: position.lineNumber, endLineNumber: position.lineNumber, startColumn: word.startColumn, endColumn: word.endColumn };
        return { suggestions: context[language].map((member) => suggestion(languages, member, range)) };
      },
    });
  }
}

function suggestion(languages: MonacoApi["languages"], { name, call = false, says }: Member, range: Monaco.IRange): Monaco.languages.CompletionItem {
  const { CompletionItemKind } = languages;
  return {
    label: name,
    kind: call ? CompletionItemKind.Method : CompletionItemKind.Property,
    insertText: call ? `${name}()` : name,
    documentation: says,
    sortText: `0${name}`,
    range,
  };
}
