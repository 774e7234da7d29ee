"""What the reports say by themselves, in both languages. `{name}` is filled by the template."""

from console.domain.words import Label

INCIDENT: dict[str, Label] = {
    "kind_closed": Label("事件处置报告", "Incident report"),
    "kind_open": Label("事件情况报告", "Incident situation report"),
    "not_closed": Label("未结案，数据截至 {at}", "Not closed; as of {at}"),
    "drill": Label("演练", "DRILL"),
    "drill_said": Label(
        "演练文书，所述不是真实事件。", "This document belongs to a drill. Nothing in it really happened."
    ),
    "simulated": Label("模拟", "SIMULATED"),
    "simulated_said": Label(
        "含模拟数据：传感器、视频、定位和现场人员答复由系统模拟。",
        "Contains simulated data: the system made up sensors, video, positions and answers from the field.",
    ),
    # sections
    "summary": Label("基本情况", "Summary"),
    "times": Label("用时", "Times"),
    "assignments": Label("派单", "Assignments"),
    "tasks": Label("任务", "Tasks"),
    "pictures": Label("现场与地图", "Scene and map"),
    "log": Label("通讯记录", "Message log"),
    # facts
    "matter": Label("事项", "Matter"),
    "level": Label("等级", "Level"),
    "place": Label("地点", "Place"),
    "position": Label("坐标 (WGS-84)", "Position (WGS-84)"),
    "source": Label("来源", "Source"),
    "lead": Label("主办", "Lead"),
    "stage": Label("阶段", "Stage"),
    "opened": Label("立案时间", "Opened"),
    "due": Label("处置时限", "Due"),
    "closed": Label("结案时间", "Closed"),
    "on_time": Label("按时", "on time"),
    "late": Label("超时 {by}", "late by {by}"),
    "none": Label("无", "None"),
    # intervals
    "course_dispatch": Label("立案至首派", "Opened to first sent"),
    "course_turnout": Label("首派至出动", "First sent to en route"),
    "course_response": Label("立案至首到场", "Opened to first on scene"),
    "course_on_scene": Label("首到场至处置完", "First on scene to last done"),
    "course_total": Label("立案至结案", "Opened to closed"),
    "turnout": Label("出动", "Turnout"),
    "travel": Label("路途", "Travel"),
    "on_scene": Label("在场", "On scene"),
    "total": Label("合计", "Total"),
    "intervals_said": Label(
        "出动：已派至出动。路途：出动至到场。在场：到场至完成。"
        "用时以时:分:秒表示；记录缺失或先后颠倒的不计，以 — 表示。",
        "Turnout: notified to en route. Travel: en route to on scene. On scene: on scene to done. h:mm:ss; "
        "a dash where a time is missing or out of order.",
    ),
    # tables
    "unit": Label("单位 / 力量", "Agency / unit"),
    "role": Label("分工", "Role"),
    "status": Label("状态", "Status"),
    "ended": Label("结束", "Ended"),
    "no_assignments": Label("没有派单。", "No one was sent."),
    "task": Label("任务", "Task"),
    "agency": Label("责任单位", "Responsible"),
    "task_due": Label("时限", "Due"),
    "task_done": Label("完成", "Done"),
    "task_by": Label("记录人", "Ticked by"),
    "gate": Label("必做", "required"),
    "task_open": Label("未完成", "open"),
    "no_tasks": Label("没有任务。", "There were no tasks."),
    "number": Label("序号", "No."),
    "time": Label("时间", "Time"),
    "channel": Label("方式", "Kind"),
    "from_to": Label("发 → 收", "From → to"),
    "text": Label("内容", "Text"),
    "no_entries": Label("没有记录。", "Nothing was written."),
    "corrects": Label("更正第 {number} 条", "Corrects no. {number}"),
    "corrects_other": Label("更正另一条记录", "Corrects another entry"),
    "corrected": Label("已更正，见第 {number} 条", "Corrected, see no. {number}"),
    "chain": Label(
        "设备 {device}：本事件 {count} 条，序号 {first} 至 {last}；链头（第 {last} 条）SHA-256",
        "Device {device}: {count} entries of this incident, no. {first} to {last}; chain head (no. {last}) SHA-256",
    ),
    "intact": Label("每条记录的内容均与其哈希一致。", "The content of every entry agrees with its hash."),
    "broken": Label(
        "注意：第 {numbers} 条的内容与其哈希不符，记录可能被改动。",
        "Attention: the content of no. {numbers} does not agree with its hash; it may have been changed.",
    ),
    # signing
    "prepared": Label("编制", "Prepared by"),
    "reviewed": Label("审核", "Reviewed by"),
    "approved": Label("签发", "Approved by"),
    "date": Label("日期", "Date"),
    "generated": Label("生成于 {at}（时间均为 {zone}）", "Generated {at} (all times {zone})"),
    "made_with": Label("一屏 Yiping", "Yiping"),
}
