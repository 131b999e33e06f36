import type { Texts } from "./product.ts"

const LETTER_FACTS = `{% for fact in facts %}{{ fact.name }}：{{ fact.value }}
{% endfor %}开始：{{ since }}`
const LETTER_ALARMS = `{% if alarmCount > 1 %}
共有 {{ alarmCount }} 条告警：

{% for alarm in alarms %}- {{ alarm.severityName }}：{{ alarm.title }}
{% endfor %}{% if moreAlarms > 0 %}- …… 另有 {{ moreAlarms }} 条
{% endif %}{% endif %}`
const LETTER_END = `{% if imIsPatient %}
IM 自身出现故障：请在此处或控制台确认，不要在聊天中回复。
{% endif %}{% if told %}
同时通知：{{ told }}
{% endif %}
{{ link }}
{% if runbook %}处理办法：{{ runbook }}
{% endif %}`
const LETTER_START = `{{ title }}
{{ why }}
`
const letter = (lead: string): string => `${lead}${LETTER_START}
${LETTER_FACTS}
${LETTER_ALARMS}${LETTER_END}`

const NOTE_END = `{% if alarmCount > 1 %}
共 {{ alarmCount }} 条告警，{{ openCount }} 条未恢复{% endif %}{% if imIsPatient %}
IM 自身出现故障：请在控制台确认{% endif %}{% if runbook %}
处理办法：{{ runbook }}{% endif %}
{{ link }}`
const ACK = `{% if channel == "im" and incident %}
回复“确认 {{ incident }}”即由您处理。{% endif %}`
const note = (head: string): string => `${head}
{{ why }}${NOTE_END}`

const NUMBER = "{% if incident %}#{{ incident }} {% endif %}"
const IM_NOTE = "{% if imIsPatient %}（IM故障）{% endif %}"

export const ZH: Texts = {
  firing: {
    subject: "【告警】{{ title }}",
    letter: letter(""),
    note: `${note(`【{{ severityName }}】${NUMBER}{{ title }}`)}${ACK}`,
    line: `【{{ severityName }}】${NUMBER}${IM_NOTE}{{ title }}；{{ why }} {{ link }}`,
  },
  escalated: {
    subject: "【升级】{{ title }}",
    letter: letter("已 {{ duration }} 无人确认，现升级给您。\n\n"),
    note: `${note(`【{{ severityName }}·升级】${NUMBER}{{ title }}\n已 {{ duration }} 无人确认。`)}${ACK}`,
    line: `【{{ severityName }}·{{ duration }}无人确认】${NUMBER}${IM_NOTE}{{ title }}；{{ why }} {{ link }}`,
  },
  repeated: {
    subject: "【仍在告警】{{ title }}",
    letter: letter("已持续 {{ duration }}{% if acknowledgedBy %}，{{ acknowledgedBy }} 已确认{% endif %}。\n\n"),
    note: `${note(`【{{ severityName }}·已持续 {{ duration }}】${NUMBER}{{ title }}{% if acknowledgedBy %}\n{{ acknowledgedBy }} 已确认。{% endif %}`)}${ACK}`,
    line: `【{{ severityName }}·已持续{{ duration }}】${NUMBER}${IM_NOTE}{{ title }} {{ link }}`,
  },
  resolved: {
    subject: "【恢复】{{ title }}",
    letter: `${LETTER_START}
${LETTER_FACTS}
恢复：{{ resolvedAt }}，历时 {{ duration }}
${LETTER_END}`,
    note: `【恢复】${NUMBER}{{ title }}
历时 {{ duration }}{% if why %}：{{ why }}{% endif %}
{{ link }}`,
    line: `【恢复】${NUMBER}{{ title }}，历时{{ duration }} {{ link }}`,
  },
  digest: {
    subject:
      '【汇总】{{ count }} 条{% if what == "incident" %}事件{% else %}告警{% endif %}：{{ firingCount }} 条告警中，{{ resolvedCount }} 条已恢复，涉及 {{ placeCount }} 个子系统',
    letter: `同一时间事件过多，合并通知。

{% for item in items %}- [{{ item.kind }}] {{ item.severityName }}：{{ item.title }}
{% endfor %}{% if moreItems > 0 %}
…… 另有 {{ moreItems }} 条。
{% endif %}
{{ link }}
`,
    note: `{{ placeCount }} 个子系统共 {{ count }} 条：{{ firingCount }} 条告警中，{{ resolvedCount }} 条已恢复
{% for item in items limit: 5 %}- [{{ item.kind }}] {{ item.severityName }}：{{ item.title }}
{% endfor %}{{ link }}`,
    line: "{{ placeCount }}个子系统共{{ count }}条，最重：【{{ severityName }}】{{ worst }} {{ link }}",
  },
  "silence-ends": {
    subject: "【静默将止】{{ reason }}",
    letter: `{{ createdBy }} 设置的静默将于 {{ until }} 结束。

原因：{{ reason }}
匹配：{{ matchers }}
当前静默的告警：{{ heldCount }} 条

届时将恢复通知。如工作尚未完成，请延长。

{{ link }}
`,
    note: `{{ createdBy }} 设置的静默“{{ reason }}”将于 {{ until }} 结束，当前静默 {{ heldCount }} 条告警（{{ matchers }}）。
{{ link }}`,
    line: "静默“{{ reason }}”将于{{ until }}结束，静默中{{ heldCount }}条 {{ link }}",
  },
  "silent-alerting": {
    subject: "【告警系统失声】当前无人值守",
    letter: `告警系统自 {{ since }} 起没有动静，当前无人值守。

{{ title }}
{{ why }}

{{ link }}
`,
    note: `告警系统自 {{ since }} 起没有动静，当前无人值守。{{ why }}
{{ link }}`,
    line: "OssAgent告警系统自{{ since }}起失声，当前无人值守 {{ link }}",
  },
  test: {
    subject: "【测试】OssAgent 可以通知到您",
    letter: `这是通道“{{ channelName }}”的测试消息，发送于 {{ now }}，一切正常。

{{ link }}
`,
    note: `通道“{{ channelName }}”测试，{{ now }}，一切正常。
{{ link }}`,
    line: "OssAgent测试，通道“{{ channelName }}”，一切正常。{{ link }}",
  },
}
