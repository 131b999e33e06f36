import type { Texts } from "./product.ts"

const LETTER_FACTS = `{% for fact in facts %}{{ fact.name }}: {{ fact.value }}
{% endfor %}Since: {{ since }}`
const LETTER_ALARMS = `{% if alarmCount > 1 %}
{{ alarmCount }} alarms belong to it:

{% for alarm in alarms %}- {{ alarm.severityName }}: {{ alarm.title }}
{% endfor %}{% if moreAlarms > 0 %}- … and {{ moreAlarms }} more
{% endif %}{% endif %}`
const LETTER_END = `{% if imIsPatient %}
The IM itself is in trouble: answer here or in the dashboard, not in the chat.
{% endif %}{% if told %}
Told as well: {{ told }}
{% endif %}
{{ link }}
{% if runbook %}What to do: {{ runbook }}
{% endif %}`
const LETTER_START = `{{ title }}
{{ why }}
`
const letter = (lead: string): string => `${lead}${LETTER_START}
${LETTER_FACTS}
${LETTER_ALARMS}${LETTER_END}`

const NOTE_END = `{% if alarmCount > 1 %}
{{ alarmCount }} alarms, {{ openCount }} open{% endif %}{% if imIsPatient %}
The IM itself is in trouble: acknowledge in the dashboard{% endif %}{% if runbook %}
What to do: {{ runbook }}{% endif %}
{{ link }}`
const ACK = `{% if channel == "im" and incident %}
Reply "ack {{ incident }}" to take it.{% endif %}`
const note = (head: string): string => `${head}
{{ why }}${NOTE_END}`

const NUMBER = "{% if incident %} #{{ incident }}{% endif %}"
const IM_NOTE = "{% if imIsPatient %} (IM is down){% endif %}"

export const EN: Texts = {
  firing: {
    subject: "[firing] {{ title }}",
    letter: letter(""),
    note: `${note(`[{{ severityName }}]${NUMBER} {{ title }}`)}${ACK}`,
    line: `[{{ severityName }}]${NUMBER}${IM_NOTE} {{ title }}; {{ why }} {{ link }}`,
  },
  escalated: {
    subject: "[escalated] {{ title }}",
    letter: letter("Nobody has acknowledged this for {{ duration }}, so it comes to you.\n\n"),
    note: `${note(`[{{ severityName }}, escalated]${NUMBER} {{ title }}\nNobody has acknowledged it for {{ duration }}.`)}${ACK}`,
    line: `[{{ severityName }}, not acknowledged for {{ duration }}]${NUMBER}${IM_NOTE} {{ title }}; {{ why }} {{ link }}`,
  },
  repeated: {
    subject: "[still firing] {{ title }}",
    letter: letter(
      "Still firing after {{ duration }}{% if acknowledgedBy %}; {{ acknowledgedBy }} acknowledged it{% endif %}.\n\n",
    ),
    note: `${note(`[{{ severityName }}, still firing after {{ duration }}]${NUMBER} {{ title }}{% if acknowledgedBy %}\nAcknowledged by {{ acknowledgedBy }}.{% endif %}`)}${ACK}`,
    line: `[{{ severityName }}, still firing after {{ duration }}]${NUMBER}${IM_NOTE} {{ title }} {{ link }}`,
  },
  resolved: {
    subject: "[resolved] {{ title }}",
    letter: `${LETTER_START}
${LETTER_FACTS}
Resolved: {{ resolvedAt }}, after {{ duration }}
${LETTER_END}`,
    note: `[resolved]${NUMBER} {{ title }}
Over after {{ duration }}{% if why %}: {{ why }}{% endif %}
{{ link }}`,
    line: `[resolved]${NUMBER} {{ title }}, after {{ duration }} {{ link }}`,
  },
  digest: {
    subject:
      "[digest] {{ count }} {{ what }}s: {{ firingCount }} firing, {{ resolvedCount }} resolved, in {{ placeCount }} subsystem{% if placeCount != 1 %}s{% endif %}",
    letter: `More {{ what }}s came at once than are told one by one.

{% for item in items %}- [{{ item.kind }}] {{ item.severity }}: {{ item.title }}
{% endfor %}{% if moreItems > 0 %}
… and {{ moreItems }} more.
{% endif %}
{{ link }}
`,
    note: `{{ count }} {{ what }}s in {{ placeCount }} subsystem{% if placeCount != 1 %}s{% endif %}: {{ firingCount }} firing, {{ resolvedCount }} resolved
{% for item in items limit: 5 %}- [{{ item.kind }}] {{ item.severity }}: {{ item.title }}
{% endfor %}{{ link }}`,
    line: `{{ count }} {{ what }}s in {{ placeCount }} subsystem{% if placeCount != 1 %}s{% endif %}, worst: [{{ severityName }}] {{ worst }} {{ link }}`,
  },
  "silence-ends": {
    subject: "[silence ends] {{ reason }}",
    letter: `A silence that {{ createdBy }} made ends at {{ until }}.

Reason: {{ reason }}
Matches: {{ matchers }}
Alarms that it keeps quiet now: {{ heldCount }}

From then on people are told again. Lengthen it if the work is not done.

{{ link }}
`,
    note: `The silence "{{ reason }}" by {{ createdBy }} ends at {{ until }}; it keeps {{ heldCount }} alarms quiet now ({{ matchers }}).
{{ link }}`,
    line: `Silence "{{ reason }}" ends at {{ until }}, {{ heldCount }} alarms are quiet {{ link }}`,
  },
  "silent-alerting": {
    subject: "[alerting is silent] nobody is watching",
    letter: `Alerting itself has fallen silent: since {{ since }} nobody watches.

{{ title }}
{{ why }}

{{ link }}
`,
    note: `Alerting itself is silent since {{ since }}: nobody watches. {{ why }}
{{ link }}`,
    line: "OssAgent alerting is silent since {{ since }}: nobody watches {{ link }}",
  },
  test: {
    subject: "[test] OssAgent reaches you",
    letter: `This is a test of the channel "{{ channelName }}", sent at {{ now }}. Nothing is wrong.

{{ link }}
`,
    note: `Test of the channel "{{ channelName }}" at {{ now }}. Nothing is wrong.
{{ link }}`,
    line: `OssAgent test, channel "{{ channelName }}". Nothing is wrong. {{ link }}`,
  },
}
