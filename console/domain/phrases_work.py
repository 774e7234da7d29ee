"""What is said of incidents, units and the log, and why something cannot be done."""

from console.domain.words import Label

WORK: dict[str, Label] = {
    # refusals
    "not_found": Label(
        "找不到{what} {id}。它可能已被移出您的范围。",
        "{what} {id} is not there. It may have left your scope.",
    ),
    "several_named": Label(
        "“{word}”可能指 {which}。没有执行,请写明是哪一个。",
        "“{word}” may mean {which}. Nothing was done; say which.",
    ),
    "unit_sent_nowhere": Label(
        "{unit} 现在不在任何事件上,没有记下。要派它请输入 D {code}。",
        "{unit} is on no incident now; nothing was written. To send it, type D {code}.",
    ),
    "unit_twice_here": Label(
        "{unit} 已在 {code} 上,没有重复派单。", "{unit} is on {code} already; it was not assigned twice."
    ),
    "alarm_decided": Label("“{title}”已有处理结果:{state}。", "“{title}” was already decided: {state}."),
    "call_decided": Label("这个来电{state}({who})。", "This call is already “{state}” ({who})."),
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
    "incident_merged": Label(
        "{code} 已并入另一个事件。请在主件上办理,或先拆开。",
        "{code} is merged into another incident. Work on that one, or unmerge it first.",
    ),
    "incident_declined": Label("{code} 已不予受理。要办理请先重开。", "{code} was declined. Reopen it first."),
    "incident_held": Label("{code} 正在挂账,不能{move}。先恢复办理。", "{code} is on hold; resume it before “{move}”."),
    "not_held": Label("{code} 没有挂账。", "{code} is not on hold."),
    "stage_not_wanted": Label("{code} 这类事项没有“{move}”这一步。", "Matters like {code} have no step “{move}”."),
    "stage_first": Label("{code} 要先{first},再{move}。", "{code} first needs “{first}”, then “{move}”."),
    "move_not_here": Label("{code} 现在是“{stage}”,不能{move}。", "{code} is “{stage}” now; “{move}” does not apply."),
    "not_dispatched": Label("{code} 还没有派遣,没有可核查的处置。", "{code} was not dispatched; nothing to check."),
    "reason_wanted": Label("“{move}”要写明原因。", "“{move}” needs a reason."),
    "score_wanted": Label("{code} 的评价要给 1 到 5 分。", "The evaluation of {code} needs a score from 1 to 5."),
    "undo_other": Label(
        "{code} 之后已有别的操作,不能再撤销。", "Something else was done to {code} since; it cannot be undone."
    ),
    "undo_late": Label(
        "超过 {seconds} 秒,不能撤销。请另作一次更正操作。", "More than {seconds} s ago: correct it by another step."
    ),
    "request_waits": Label("{code} 已有{kind}申请在等审批。", "{code} already has a request ({kind}) waiting."),
    "request_answered": Label("这个{kind}申请已经审批过。", "This request ({kind}) was already answered."),
    "due_wanted": Label("{code} 的延期要写明新时限。", "The extension of {code} needs a new limit."),
    "not_mergeable": Label(
        "{code} 不能并入 {into}:两个都要是未办结的事件,且不是同一个。",
        "{code} cannot be merged into {into}: both must be open, and not the same.",
    ),
    "not_merged": Label("{code} 没有并入别的事件。", "{code} is not merged."),
    "assignment_done": Label("{code} 的这个派单已完成,不能转派。", "This assignment of {code} is done already."),
    "elements_missing": Label("{kind}还缺要素:{first}。", "{kind} still lacks: {first}."),
    "lines_many": Label(
        "清单一次最多改 {limit} 行,这里有 {count} 行。", "At most {limit} lines are changed at a time, not {count}."
    ),
    "not_checked": Label("{code} 还没有核查,先核查再结案。", "{code} has not been checked; check it before closing."),
    "stage_moved": Label(
        "{code} 已不在“{expected}”,现在是“{stage}”。请看最新情况再做。",
        "{code} is no longer “{expected}”, it is “{stage}” now. Look at it again first.",
    ),
    "not_editable": Label("“{subject}”不能这样修改。", "“{subject}” cannot be edited like this."),
    "not_allowed": Label(
        "您的岗位在这里没有做“{name}”的权限。内容已保留在待处理里。",
        "Your role does not allow “{name}” here. What you wrote is kept in the inbox.",
    ),
    "id_taken": Label(
        "“{name}”里的编号 {id} 已属于另一条记录,没有覆盖它。内容已保留在待处理里。",
        "“{name}” brings the id {id}, which is another record's; that was not overwritten. What it says is kept in the "
        "inbox.",
    ),
    "cameras_many": Label(
        "一次最多改动 {limit} 路视频,这里有 {count} 路。",
        "At most {limit} cameras are changed at a time, not {count}.",
    ),
    "import_refused": Label("平台没有收下这份视频目录:{text}", "The platform did not take this list: {text}"),
    "import_running": Label(
        "平台正在运行,占用着 {path}。请加上 --platform 地址和 --user 用户,通过平台导入。",
        "The platform is running on {path}. Give --platform ADDRESS and --user USER to import through it.",
    ),
    "actor_unknown": Label(
        "这条操作写着 {user} 所做,但此人没有在本台登录过。内容已保留在待处理里。",
        "This says that {user} did it, who never signed in on this desk. What it says is kept in the inbox.",
    ),
    "conflict_settled": Label(
        "“{subject}”的分歧已由 {by} 裁定。", "The conflict about “{subject}” was already decided by {by}."
    ),
    # what the log says of the closed loop
    "incident_moved": Label("{code} {move}", "{code}: {move}"),
    "incident_moved_because": Label("{code} {move}:{reason}", "{code}: {move}. {reason}"),
    "incident_undone": Label("{code} 撤销“{move}”", "{code}: “{move}” undone"),
    "status_retracted": Label("撤销状态“{status}”", "Status “{status}” taken back"),
    "alarm_restored": Label("{title} 恢复为待确认", "{title} waits for a decision again"),
    "request_asked": Label("申请{kind}:{reason}", "{kind} requested: {reason}"),
    "request_granted": Label("同意{kind} {answer}", "{kind} granted. {answer}"),
    "request_refused": Label("不同意{kind} {answer}", "{kind} refused. {answer}"),
    "incidents_merged": Label("{code} 并入 {into}", "{code} merged into {into}"),
    "incident_unmerged": Label("{code} 从 {into} 拆开", "{code} taken out of {into}"),
    "nobody_chosen": Label("“{move}”还没有选单位。", "“{move}”: nobody is chosen yet."),
    "sent_by_way": Label("{way} {count} 个单位", "{way}, agencies: {count}"),
    "assignment_transferred": Label("转派 {to}:{reason}", "Transferred to {to}: {reason}"),
    "escalated": Label("{code} {what}超时,升级督办", "{code}: “{what}” is overdue, escalated"),
    "situation_reported": Label("{code} {kind}", "{code}: {kind}"),
    "lists_changed": Label("修改清单 {count} 行", "{count} lines of the lists changed"),
    # what the log says when two said different things
    "field_edited": Label("修改{subject}:{old} → {new}", "{subject} changed: {old} → {new}"),
    "conflict_raised": Label(
        "{subject}有分歧,先到:{kept};后到:{other}。待裁定。",
        "Conflict about {subject}. First: {kept}; second: {other}. To be decided.",
    ),
    "conflict_decided": Label("{subject}裁定为:{taken}(不取:{left})", "{subject} decided: {taken} (not {left})"),
    "unit_twice": Label(
        "{unit} 被两处同时派出:{first} 和 {second}。待裁定。",
        "{unit} was sent to two incidents: {first} and {second}. To be decided.",
    ),
    "casualties_said": Label(
        "伤亡:亡 {dead},伤 {injured},失联 {missing},被困 {trapped}",
        "Casualties: {dead} dead, {injured} injured, {missing} missing, {trapped} trapped",
    ),
    "file_not_here": Label(
        "附件“{name}”还没有下载到本台。连上平台后再打开。",
        "“{name}” is not on this desk yet. Open it once the platform is back.",
    ),
    "file_attached": Label("附件:{name}", "Attached: {name}"),
    # the message log
    "alarm_raised": Label("{level}告警:{title}", "{level} alarm: {title}"),
    "alarm_returned": Label("告警恢复:{title}", "Alarm returned to normal: {title}"),
    "alarm_again": Label("升为{level},重新待确认:{title}", "Now {level}, waits for a decision again: {title}"),
    "alarm_confirmed": Label("告警确认,立案 {code}:{title}", "Alarm confirmed, opened {code}: {title}"),
    "alarm_filtered": Label("告警过滤({reason}):{title} {text}", "Alarm filtered ({reason}): {title} {text}"),
    "call_rang": Label("来电({channel}):{text}", "Call ({channel}): {text}"),
    "call_joined": Label("再次来电,并入 {code}:{text}", "Another call, added to {code}: {text}"),
    "call_dismissed": Label("来电不处理:{text}({reason})", "Call dismissed: {text} ({reason})"),
    "call_taken_twice": Label(
        "同一来电已由{who}接为 {first},与 {code} 是同一件事的话请合并",
        "{who} had taken the same call as {first}; merge it with {code} if it is the same",
    ),
    "incident_opened": Label("接报,立案 {code}:{title} {text}", "Call taken, opened {code}: {title} {text}"),
    "record_adds": Label("另一份记录还说:{text}", "Another record says besides: {text}"),
    "dispatched": Label(
        "采纳方案:{lead}主办,派出 {count} 个单位/力量",
        "Proposal accepted: {lead} leads, {count} agencies and units sent",
    ),
    "reinforced": Label("增派 {count} 个单位/力量", "{count} more agencies and units sent"),
    "told_by_phone": Label("电话通知({phone}):{order}", "Told by phone ({phone}): {order}"),
    "said": Label("{text}", "{text}"),
    "status_said": Label("{status} {text}", "{status} {text}"),
    "task_done": Label("任务完成:{task}", "Task done: {task}"),
    "task_undone": Label("任务改回未完成:{task}", "Task set back to open: {task}"),
    "incident_checked": Label("{code} 核查通过", "{code} checked"),
    "incident_closed": Label("{code} 结案", "{code} closed"),
    "handed_over": Label(
        "交接班:{giving} → {taking},双方已签认;移交未结事件 {open} 件",
        "Shift handed over: {giving} → {taking}, signed by both; {open} incidents still open",
    ),
    # attachments
    "blob_empty": Label(
        "文件是空的,没有添加。其他内容都已保留。请检查后另选文件。",
        "The file is empty and was not attached. Everything else was kept. Check it, or choose another.",
    ),
    "blob_too_large": Label(
        "文件超过 {limit} MB,没有添加。其他内容都已保留。请截短或压缩后再添加。",
        "The file is larger than {limit} MB and was not attached. Everything else was kept. "
        "Shorten or compress it, then attach it again.",
    ),
    "blob_unreadable": Label(
        "读不了“{name}”({text}),没有添加。其他内容都已保留。请检查文件或存储卡。",
        "“{name}” cannot be read ({text}) and was not attached. Everything else was kept. Check the file or the card.",
    ),
    "blob_changed": Label(
        "“{name}”在读取时被改动,没有添加。其他内容都已保留。请等它写完再添加。",
        "“{name}” changed while it was read and was not attached. Everything else was kept. "
        "Wait until it is written, then attach it again.",
    ),
    "blob_missing": Label(
        "附件 {id} 还不在本机。平台收齐后会自动下载。",
        "Attachment {id} is not on this desk yet. It is fetched by itself when the platform has it.",
    ),
    "blob_absent": Label(
        "平台上还没有附件 {id}。稍后自动再取。",
        "The platform does not have attachment {id} yet. It is asked for again by itself.",
    ),
    "blob_damaged": Label(
        "收到的附件 {id} 与校验值不符,已丢弃。稍后自动重新下载。",
        "What came of attachment {id} was not right and was thrown away. It is fetched anew by itself.",
    ),
    "blob_damaged_here": Label(
        "本机的附件 {id} 已损坏,没有发出。请检查磁盘,从原文件重新添加。",
        "Attachment {id} is damaged on this desk and was not sent. Check the disk, and attach the original again.",
    ),
    "blob_refused": Label(
        "平台不接收附件 {id}({code})。本机仍保留。请联系管理员。",
        "The platform does not take attachment {id} ({code}). It is kept here. Tell the administrator.",
    ),
    # why a unit is sent or not
    "unit_able": Label("胜任{able}", "Can do {able}"),
    "unit_nearest": Label("{able}第 {rank} 位", "{able}, number {rank}"),
    "unit_called": Label("值班员点派", "Called in by the operator"),
    "unit_left_out": Label("值班员没有选", "Left out by the operator"),
    "unit_slower": Label("比已选的慢 {minutes} 分钟", "{minutes} min slower than those chosen"),
    "unit_after": Label("排在第 {rank} 位,已选够", "Number {rank}; enough are chosen"),
    "unit_spare": Label("自有力量够用,不请{area}支援", "Own units suffice; {area} is not asked"),
    "unit_off_duty": Label("下班", "Off duty"),
    "unit_here": Label("已在本事件", "Already on this incident"),
    "unit_busy": Label("在 {code} {state}", "{state} for {code}"),
    "unit_too_far": Label("按道路 {minutes:.0f} 分钟内到不了", "Not there within {minutes:.0f} min by road"),
    "unit_too_far_straight": Label("太远,{minutes:.0f} 分钟内到不了", "Too far to be there within {minutes:.0f} min"),
    "unit_of_place": Label("本辖区({area})", "Of this area ({area})"),
    "unit_of_part": Label("属{area}", "Belongs to {area}"),
    "unit_of_others": Label("{area}支援", "Mutual aid from {area}"),
    "unit_lately": Label("近 {hours:.0f} 小时已派 {count} 次", "Sent {count} times in the last {hours:.0f} h"),
    "unit_rested": Label("近 {hours:.0f} 小时未派", "Not sent in the last {hours:.0f} h"),
    "unit_last": Label("派出后{area}没有空闲的{able}力量", "Leaves {area} with nobody free for: {able}"),
    "minutes_road": Label("按道路 {minutes} 分钟", "{minutes} min by road"),
    "minutes_straight": Label("按直线估算 {minutes} 分钟", "about {minutes} min, straight line"),
    "position_unknown": Label("位置不明", "Place unknown"),
    "position_scene": Label("从上一现场 {code} 算起", "From its last scene, {code}"),
    "position_home": Label("从驻地算起", "From its station"),
    "position_agency": Label("从单位驻地算起", "From its agency's place"),
    "position_stale": Label("定位是 {age}前的", "Position is {age} old"),
    "position_fresh": Label("定位 {minutes} 分钟前", "Position {minutes} min old"),
    # what is short, and who is asked for help
    "short_of": Label("还缺 {count} 个{need}:{why}", "Still {count} short of {need}: {why}"),
    "short_none": Label("还缺 {count} 个{need}:没有这类力量", "Still {count} short of {need}: there are no such units"),
    "short_part": Label("{count} 个{why}", "{count} {why}"),
    "short_state": Label("{state}", "{state}"),
    "short_free": Label("空闲未选", "free and not chosen"),
    "aid_asked": Label("已请{area}支援:{unit}", "Mutual aid asked of {area}: {unit}"),
}
