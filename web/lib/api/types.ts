import type { components } from "./schema";

type Schemas = components["schemas"];

export type User = Schemas["User"];
export type SignIn = Schemas["SignIn"];
export type Session = Schemas["Session"];
export type Runtime = Schemas["Runtime"];
export type Func = Schemas["Function"];
export type FunctionDetail = Schemas["FunctionDetail"];
export type Execution = Schemas["Execution"];
export type ExecutionSummary = Schemas["ExecutionSummary"];
export type ExecutionStatus = ExecutionSummary["status"];
export type LogLine = Schemas["LogLine"];
export type Phase = Schemas["Phase"];
export type ApiKey = Schemas["APIKey"];
export type NewApiKey = Schemas["NewAPIKey"];
export type CreateKey = Schemas["CreateKeyInputBody"];
export type FunctionPage = Schemas["FunctionsOutputBody"];
export type CreateFunction = Schemas["CreateFunctionInputBody"];
export type UpdateFunction = Schemas["UpdateFunctionInputBody"];
export type Version = Schemas["Version"];
export type VersionDetail = Schemas["VersionDetail"];
export type StreamEvent = Schemas["Event"];
export type ExecutionPage = Schemas["ExecutionsOutputBody"];
export type ExecutionTrigger = ExecutionSummary["trigger"];
export type LogPage = Schemas["SearchLogsOutputBody"];
export type FoundLine = Schemas["FoundLine"];
export type ServerStatus = Schemas["ServerStatus"];
