/** What svrkit costs: its codecs beside other libraries', its calls beside @grpc/grpc-js's. */
import { report } from "./result.ts"
import { ROUNDS as CALL_ROUNDS, callFigures } from "./svrkit/calls.ts"
import { ROUNDS as CODEC_ROUNDS, codecFigures } from "./svrkit/codecs.ts"

const codecs = process.argv.includes("--calls") ? [] : await codecFigures()
const calls = process.argv.includes("--codecs") ? [] : await callFigures()
report({
  name: "svrkit",
  about: `Codecs: the same values in all libraries, in turn in ${CODEC_ROUNDS} rounds of one process; medians, and ratios within each round. 64-bit numbers are numbers in svrkit and protobufjs, bigints in @bufbuild/protobuf, which has no other way; svrkit's and protobufjs's bytes are equal. Calls: a chat message out, a number back, each server a process of its own on loopback without TLS, in turn in ${CALL_ROUNDS} rounds; both clients set a deadline. svrkit writes what is due in one turn of the event loop in one piece; it proves both sides by token, counts its built-in points and reads and writes by its own codecs; @grpc/grpc-js by protobufjs's static code.`,
  runs: 1,
  versions: { "@grpc/grpc-js": "1.14.7", protobufjs: "8.8.1", "@bufbuild/protobuf": "2.17.0" },
  figures: [...codecs, ...calls],
})
process.exit(0)
