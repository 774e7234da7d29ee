"""What the open door answers to those who send facts, and what the key to it is refused for."""

from console.domain.words import Label

INTAKE: dict[str, Label] = {
    # rows that are refused
    "intake_row": Label(
        "这一行读不懂:{where}。改正后再发。", "This row cannot be read: {where}. Put it right and send it."
    ),
    "intake_kind": Label("这个密钥不能送{kind}。", "This key may not send {kind}."),
    "intake_area": Label(
        "{place} 不在这个密钥的范围 {at} 内。", "{place} lies outside of what this key is for, which is {at}."
    ),
    "intake_unknown": Label(
        "专题包里没有{what} {id}。核对编号后再发。",
        "The topic pack has no {what} {id}. Check the id and send it again.",
    ),
    "intake_future": Label(
        "时间 {at} 在未来,平台现在是 {now}。校准时钟后再发。",
        "The time {at} lies in the future; the platform's is {now}. Set the clock and send it again.",
    ),
    "intake_past": Label(
        "时间 {at} 太早,像是时钟没有校准。校准后再发。",
        "The time {at} is too early to be true: is the clock set? Set it and send it again.",
    ),
    "intake_differs": Label(
        "{id} 在 {at} 已有另一个值 {value}。没有改动。", "{id} has another value for {at} already, {value}. It stays."
    ),
    "intake_id_used": Label(
        "编号 {id} 已用于另一条内容。没有改动;新内容请用新编号。",
        "The id {id} was used for something else, which stays. Send what is new under a new id.",
    ),
    "intake_zero": Label(
        "坐标是 0, 0,没有定位。有定位再发。", "The position is 0, 0: no fix. Send it once there is one."
    ),
    "intake_far": Label(
        "坐标 {place} 离这里 {km} 公里。核对坐标系和经纬度次序。",
        "The position {place} is {km} km away. Check the coordinate system, and which of the two is the longitude.",
    ),
    "intake_half": Label("只有经度或只有纬度。两个都要。", "There is only one of longitude and latitude. Send both."),
    "intake_whose": Label("要写 unit 或 assignment。", "Name the unit or the assignment."),
    "intake_not_sent": Label("{unit} 现在没有派单{incident}。", "{unit} is not on any incident now {incident}."),
    "intake_which": Label(
        "{unit} 同时在几个事件上:{codes}。写明 incident。",
        "{unit} is on several incidents: {codes}. Name the incident.",
    ),
    "intake_picture": Label(
        "图片不是 1 MiB 以内的 JPEG 或 PNG。告警没有收,改正后再发。",
        "The picture is no JPEG or PNG of at most 1 MiB. The alarm was not taken; put it right and send it again.",
    ),
    # the door of a desk that works alone
    "door_taken": Label(
        "数据接入口没有打开:{where} 不能用({text})。其余照常;到“设置”里换一个端口,再重新打开。",
        "The door for facts is closed: {where} cannot be used ({text}). All else works; choose another port in the "
        "settings and open the program again.",
    ),
    # rows that are taken, with a remark
    "intake_call_partly": Label(
        "来电已响铃;{fields} 读不懂,原样写进了内容。",
        "The call rings; {fields} could not be read and stand in its text.",
    ),
    "intake_call_place": Label(
        "来电已响铃,没有可用的坐标,由接报人员定位。", "The call rings without a position; whoever takes it places it."
    ),
    "intake_call_time": Label(
        "来电已响铃,时间不可信,按收到时间 {now}。",
        "The call rings; its time cannot be true, so that of its arrival holds, {now}.",
    ),
    # the door itself
    "intake_many": Label(
        "一次最多 {most} 行,这里有 {count} 行。没有收任何一行;分批再发。",
        "At most {most} rows at a time, not {count}. None was taken; send them in batches.",
    ),
    "intake_fast": Label(
        "发得太快。没有收任何一行;{seconds} 秒后再发。",
        "Too fast. None was taken; send them again in {seconds} s.",
    ),
    "intake_relay": Label(
        "中继平台不收外部数据,请送到上级平台。", "A relay takes no facts: send them to the platform above it."
    ),
    # keys
    "key_unknown": Label("密钥无效或已收回。", "The key is not valid, or was withdrawn."),
    "key_name": Label(
        "名称 {name} 要用小写字母、数字和短横线,40 个以内。",
        "The name {name} must be of small letters, digits and hyphens, at most 40.",
    ),
    "key_at": Label("组织树里没有 {at}。", "The organisation tree has no {at}."),
    "key_at_agency": Label(
        "来电和告警要送到一个区域,{at} 是单位。", "Calls and alarms need an area; {at} is an agency."
    ),
    "key_kinds": Label("没有“{kind}”这一类。可以是:{kinds}。", "There is no kind “{kind}”. There are: {kinds}."),
    "key_answer": Label(
        "平台没有照做({code})。密钥没有变。", "The platform did not do it ({code}). The keys are as they were."
    ),
    "key_missing": Label("没有在用的密钥 {name}。", "There is no key {name} in use."),
    # sending
    "feed_refused": Label("平台没有收:{text}", "The platform did not take it: {text}"),
    "feed_away": Label(
        "平台 {url} 一直连不上。已送到第 {line} 行;恢复后再运行同一命令即可接着送。",
        "The platform {url} cannot be reached. Sent up to line {line}; run the same command again to go on.",
    ),
}
