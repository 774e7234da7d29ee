"""The sentences of the system in both languages. `{name}` is filled from the phrase's arguments."""

from console.domain.words import Label, Lang, Phrase

PHRASES: dict[str, Label] = {
    # refusals
    "not_found": Label(
        "找不到{what} {id}。它可能已被移出您的范围。",
        "{what} {id} is not there. It may have left your scope.",
    ),
    "alarm_decided": Label("“{title}”已有处理结果:{state}。", "“{title}” was already decided: {state}."),
    "incident_already": Label(
        "{code} 已是“{stage}”,不能再做这一步。", "{code} is already “{stage}”; this step no longer applies."
    ),
    "gates_open": Label(
        "{code} 还有 {count} 项必做任务未完成:{first}。完成后再核查。",
        "{code} still has {count} required tasks, first: {first}. Finish them, then check.",
    ),
    "assignments_open": Label(
        "{code} 还有 {count} 个派单未完成。等反馈或撤回后再核查。",
        "{code} still has {count} open assignments. Wait for them or recall them, then check.",
    ),
    "not_checked": Label(
        "{code} 还没有核查,先核查再结案。", "{code} has not been checked; check it before closing."
    ),
    # settings
    "settings_unreadable": Label(
        "设置文件 {file} 读不懂:{error}。文件没有改动;改正后再启动,或先移走它用默认设置。",
        "The settings file {file} cannot be read: {error}. It was left as it is; mend it, or move it away.",
    ),
    "setting_unknown": Label(
        "设置文件 {file} 第 {line} 行:没有“{key}”这个设置。是不是 {near}?文件没有改动。",
        "Settings file {file}, line {line}: there is no setting “{key}”. Did you mean {near}? It was not changed.",
    ),
    "setting_wrong": Label(
        "设置文件 {file} 第 {line} 行:“{key}”应是 {kind}。文件没有改动。",
        "Settings file {file}, line {line}: “{key}” must be {kind}. It was not changed.",
    ),
    # the message log
    "alarm_raised": Label("{level}告警:{title}", "{level} alarm: {title}"),
    "alarm_returned": Label("告警恢复:{title}", "Alarm returned to normal: {title}"),
    "alarm_confirmed": Label("告警确认,立案 {code}:{title}", "Alarm confirmed, opened {code}: {title}"),
    "alarm_filtered": Label("告警过滤({reason}):{title} {text}", "Alarm filtered ({reason}): {title} {text}"),
    "incident_opened": Label("接报,立案 {code}:{title} {text}", "Call taken, opened {code}: {title} {text}"),
    "dispatched": Label(
        "采纳方案:{lead}主办,派出 {count} 个单位/力量",
        "Proposal accepted: {lead} leads, {count} agencies and units sent",
    ),
    "reinforced": Label("增派 {count} 个单位/力量", "{count} more agencies and units sent"),
    "said": Label("{text}", "{text}"),
    "status_said": Label("{status} {text}", "{status} {text}"),
    "task_done": Label("任务完成:{task}", "Task done: {task}"),
    "task_undone": Label("任务改回未完成:{task}", "Task set back to open: {task}"),
    "incident_checked": Label("{code} 核查通过", "{code} checked"),
    "incident_closed": Label("{code} 结案", "{code} closed"),
    # why a unit is sent or not
    "unit_nearest": Label("{able},第 {rank} 快", "{able}, number {rank} by travel time"),
    "unit_slower": Label("比已选的慢 {minutes} 分钟", "{minutes} min slower than those chosen"),
    "unit_off_duty": Label("下班", "Off duty"),
    "unit_here": Label("已在本事件", "Already on this incident"),
    "unit_busy": Label("忙:{state}", "Busy: {state}"),
    "position_unknown": Label("没有定位", "No position"),
    "position_stale": Label("定位已 {minutes} 分钟未更新", "Position is {minutes} min old"),
}


def say(phrase: Phrase, lang: Lang) -> str:
    """A phrase in one language."""
    args = {
        key: value.text(lang) if isinstance(value, Label) else value for key, value in phrase.args.items()
    }
    return PHRASES[phrase.code].text(lang).format(**args).strip()


def both(phrase: Phrase) -> Label:
    """A phrase as a label of both languages."""
    return Label(say(phrase, "zh"), say(phrase, "en"))
