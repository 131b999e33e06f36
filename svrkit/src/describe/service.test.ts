import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { DescriptionError } from "./model.ts"
import { parseService } from "./service.ts"

const XSD = fileURLToPath(new URL("../../schema/service.xsd", import.meta.url))
const SHOP = readFileSync(new URL("../../example/shop.xml", import.meta.url), "utf8")

const service = (inside: string): string =>
  `<service xmlns="urn:ossagent:svrkit:1" name="shop">
<type name="Order"><field tag="1" name="id" type="uint64"/></type>
${inside}
<method name="Buy" number="1" request="Order" reply="Order"/>
</service>`

const faultsOf = (text: string): string => {
  try {
    parseService("shop.xml", text)
  } catch (error) {
    if (error instanceof DescriptionError) return error.message
    throw error
  }
  return "none"
}

const f = (inside: string, fault: string): void => expect(faultsOf(service(inside))).toBe(`shop.xml:${fault}`)

describe("a description", () => {
  it("becomes a model", () => {
    const model = parseService("shop.xml", SHOP)
    expect(model.name).toBe("shop")
    expect(model.methods[0]).toMatchObject({ name: "Buy", number: 1, priority: 20, need: "needed", idempotent: false })
    expect(model.stores).toEqual([{ name: "stock", mode: "primary", key: "string", value: "Item", doc: "" }])
  })

  it("says what the service needs and what it can do without", () => {
    const needs =
      '<needs service="bank"/><needs service="fraud-check" optional="true" withinMs="30" from="../fraud" doc="Why."/>'
    expect(parseService("shop.xml", service(needs)).needs).toEqual([
      { service: "bank", optional: false, withinMs: null, from: "../bank", doc: "" },
      { service: "fraud-check", optional: true, withinMs: 30, from: "../fraud", doc: "Why." },
    ])
  })

  it("lists every fault of a type with its line, column and reason", () => {
    f(
      '<type name="A"><field tag="1" name="a" type="bool"/>\n<field tag="1" name="b" type="bool"/></type>',
      "4:8: A has the tag 1 twice: a carries it",
    )
    f(
      '<type name="A"><field tag="1" name="a" type="bol"/></type>',
      '3:40: unknown type "bol": it is no scalar, and this file has no <type> or <enum> of that name',
    )
    f(
      '<type name="A"><reserved tag="3" to="5"/><field tag="4" name="a" type="bool"/></type>',
      "3:49: tag 4 is reserved: another field carried it once, and old programs still read it so",
    )
    f(
      '<type name="A"><reserved name="a"/><field tag="4" name="a" type="bool"/></type>',
      "3:51: the name a is reserved: another field had it once",
    )
    f(
      '<type name="A"><field tag="19000" name="a" type="bool"/></type>',
      "3:23: tag 19000 is not to be used: protobuf keeps 19000 to 19999 to itself",
    )
    f(
      '<type name="A"><field tag="0" name="a" type="bool"/></type>',
      '3:23: tag must be a whole number from 1 to 536870911, not "0"',
    )
    f('<type name="a"/>', '3:7: "a" is no good name: it must be like ChatMessage')
    f('<type name="Promise"/>', "3:7: Promise is taken: generated code uses this name itself")
    f(
      '<type name="A"><field tag="1" name="constructor" type="bool"/></type>',
      "3:31: constructor is taken: an object has it of its own",
    )
    f(
      '<type name="A"><field tag="1" name="a" type="bool" repeated="yes"/></type>',
      '3:52: repeated must be true or false, not "yes"',
    )
    f(
      '<type name="A"><field tag="1" name="a" type="map" key="double" value="bool"/></type>',
      '3:51: key must be one of int32, uint32, sint32, int64, uint64, sint64, fixed32, sfixed32, fixed64, sfixed64, bool, string, not "double"',
    )
    f('<type name="Order"/>', "3:7: the name Order stands in line 2 already")
    f('<type name="A"><field tag="1" name="a" type="bool" color="red"/></type>', "3:52: <field> has no attribute color")
    f('<type name="OrderInit"/>', "3:1: OrderInit is taken: it is generated for Order")
    f('<type name="OrderCodec"/>', "3:1: OrderCodec is taken: it is generated for Order")
    f('<type name="ShopClient"/>', "3:1: ShopClient is taken: it is generated for the service")
  })

  it("refuses types that contain themselves by value, and allows those that need not", () => {
    const types = (occurs: string): string =>
      `<type name="A"><field tag="1" name="b" type="B"/></type><type name="B"><field tag="1" name="a" type="A"${occurs}/></type>`
    expect(faultsOf(service(types("")))).toContain(
      "shop.xml:3:1: A contains itself by value: A.b → B.a → A; make one of these fields optional or repeated",
    )
    expect(faultsOf(service(types(' optional="true"')))).toBe("none")
    expect(faultsOf(service(types(' repeated="true"')))).toBe("none")
  })

  it("lists the faults of methods, errors and stores", () => {
    f(
      '<method name="Buy" number="2" request="Order" reply="Order"/>\n',
      "5:9: another <method> has the name Buy, in line 3",
    )
    f(
      '<method name="Sell" number="2" request="Order" reply="Nothing"/>',
      '3:48: unknown type "Nothing": this file has no <type> of that name',
    )
    f('<method name="Sell" number="2" request="Order"/>', "3:1: <method> lacks the attribute reply")
    f(
      '<method name="Sell" number="2" request="Order" reply="Order" priority="300"/>',
      '3:62: priority must be a whole number from 0 to 255, not "300"',
    )
    f('<error code="SoldOut" doc="Gone."/>', '3:8: "SoldOut" is no good code: it must be like sold_out')
    f(
      '<store name="stock" mode="raid" key="string" value="Order"/>',
      '3:21: mode must be one of primary, dual, quorum, not "raid"',
    )
    f('<needs service="shop"/>', "3:8: a service does not need itself")
    f('<needs service="bank"/>\n<needs service="bank"/>', "4:8: another <needs> has the service bank, in line 3")
    f('<needs service="bank" withinMs="0"/>', '3:23: withinMs must be a whole number from 1 to 600000, not "0"')
    f('<rpc name="Sell"/>', "3:1: <rpc> is not allowed in <service>")
  })

  it("says where a file is no XML, or holds what it must not", () => {
    expect(faultsOf("<service")).toMatch(/^shop.xml:1:9: not well-formed XML: /)
    expect(faultsOf("")).toMatch(/^shop.xml:1:/)
    expect(faultsOf("<service/>")).toBe("shop.xml:1:1: <service> is not in the namespace urn:ossagent:svrkit:1")
    expect(faultsOf('<!DOCTYPE a [<!ENTITY b "c">]><a/>')).toMatch(/a document type is not allowed here/)
    f("hello", '4:1: text is not allowed between elements: "hello"')
  })

  it("lists several faults in the order of the file", () => {
    const text = service('<type name="A">\n<field tag="1" name="A" type="x"/>\n<field tag="1" name="b"/></type>')
    expect(
      faultsOf(text)
        .split("\n")
        .map((line) => line.split(" ")[0]),
    ).toEqual(["shop.xml:4:16:", "shop.xml:4:25:", "shop.xml:5:1:", "shop.xml:5:8:"])
  })
})

describe("the XSD", () => {
  const hasXmllint = ["/usr/bin/xmllint", "/usr/local/bin/xmllint"].find((path) => existsSync(path))

  it.skipIf(hasXmllint === undefined)("agrees with the examples and with the parser", () => {
    const directory = mkdtempSync(join(tmpdir(), "svrkit-xsd-"))
    const valid = (text: string): boolean => {
      const path = join(directory, "service.xml")
      writeFileSync(path, text)
      try {
        execFileSync(hasXmllint as string, ["--noout", "--nonet", "--schema", XSD, path], { stdio: "pipe" })
        return true
      } catch {
        return false
      }
    }
    expect(valid(SHOP)).toBe(true)
    expect(valid(service(""))).toBe(true)
    expect(
      valid(service('<type name="A"><field tag="1" name="a" type="map" key="string" value="int64"/></type>')),
    ).toBe(true)
    for (const bad of [
      '<type name="a"/>',
      '<rpc name="B"/>',
      '<store name="s" mode="raid" key="string" value="Order"/>',
      '<type name="A"><field tag="0" name="a" type="bool"/></type>',
      '<error code="X" doc=""/>',
    ]) {
      expect([bad, valid(service(bad))]).toEqual([bad, false])
      expect(faultsOf(service(bad))).not.toBe("none")
    }
  })

  it("names every element and attribute that the parser reads", () => {
    const xsd = readFileSync(XSD, "utf8")
    for (const name of ["service", "enum", "value", "type", "field", "reserved", "method", "error", "store"])
      expect(xsd).toContain(`element name="${name}"`)
    for (const name of [
      "tag",
      "name",
      "type",
      "key",
      "value",
      "repeated",
      "optional",
      "to",
      "number",
      "request",
      "reply",
      "priority",
      "timeoutMs",
      "need",
      "idempotent",
      "code",
      "retry",
      "mode",
      "doc",
    ]) {
      expect(xsd).toContain(`attribute name="${name}"`)
    }
  })
})
