<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_GB" sourcelanguage="zh_CN">
<context>
    <name>AboutWindow</name>
    <message>
        <source>关于一屏</source>
        <translation>About Yiping</translation>
    </message>
    <message>
        <source>全部复制</source>
        <translation>Copy all</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>没有设置,单机工作</source>
        <translation>not set, works alone</translation>
    </message>
    <message>
        <source>许可证 {licence}</source>
        <translation>Licence {licence}</translation>
    </message>
    <message>
        <source>平台地址:{address}</source>
        <translation>Platform address: {address}</translation>
    </message>
    <message>
        <source>所用的库、版本和许可证:</source>
        <translation>Libraries used, with version and licence:</translation>
    </message>
    <message>
        <source>许可证未注明</source>
        <translation>licence not stated</translation>
    </message>
</context>
<context>
    <name>ActForm</name>
    <message>
        <source>申请{kind}</source>
        <translation>Request: {kind}</translation>
    </message>
    <message>
        <source>不批准{kind}</source>
        <translation>Refuse: {kind}</translation>
    </message>
    <message>
        <source>新时限</source>
        <translation>New limit</translation>
    </message>
    <message>
        <source>到何时</source>
        <translation>Until</translation>
    </message>
    <message>
        <source>原因</source>
        <translation>Reason</translation>
    </message>
    <message>
        <source>评分</source>
        <translation>Score</translation>
    </message>
    <message>
        <source>要写明原因</source>
        <translation>A reason is needed</translation>
    </message>
    <message>
        <source>要晚于现在</source>
        <translation>It must be later than now</translation>
    </message>
    <message>
        <source>先不办</source>
        <translation>Not now</translation>
    </message>
    <message>
        <source>很好</source>
        <translation>Very good</translation>
    </message>
    <message>
        <source>好</source>
        <translation>Good</translation>
    </message>
    <message>
        <source>一般</source>
        <translation>Fair</translation>
    </message>
    <message>
        <source>差</source>
        <translation>Poor</translation>
    </message>
    <message>
        <source>很差</source>
        <translation>Very poor</translation>
    </message>
</context>
<context>
    <name>AlarmBanners</name>
    <message>
        <source>实战!{text} · 请到实战席位处理</source>
        <translation>Live! {text} · see to it at the live desk</translation>
    </message>
    <message>
        <source>看告警</source>
        <translation>Go to alarms</translation>
    </message>
</context>
<context>
    <name>AlarmList</name>
    <message>
        <source>过滤原因</source>
        <translation>Reason for filtering</translation>
    </message>
    <message>
        <source>确认并立案</source>
        <translation>Confirm and open</translation>
    </message>
    <message>
        <source>过滤</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>看现场</source>
        <translation>Look</translation>
    </message>
    <message>
        <source>告警</source>
        <translation>Alarms</translation>
    </message>
    <message>
        <source>正在读取…</source>
        <translation>Reading…</translation>
    </message>
    <message>
        <source>没有告警</source>
        <translation>No alarms</translation>
    </message>
    <message>
        <source>传感器、视频或指标越限时出现在这里</source>
        <translation>They appear here when a sensor, camera or indicator crosses a limit</translation>
    </message>
    <message>
        <source>持续 {time}</source>
        <translation>for {time}</translation>
    </message>
    <message>
        <source>已恢复</source>
        <translation>Back to normal</translation>
    </message>
    <message>
        <source>有照片</source>
        <translation>has a photo</translation>
    </message>
    <message>
        <source>附近视频 {n} 路</source>
        <translation>{n} cameras near</translation>
    </message>
    <message>
        <source>{level} {value},超限 {over}</source>
        <translation>{level} {value}, {over} over</translation>
    </message>
    <message>
        <source>{level} {value},低于限值 {over}</source>
        <translation>{level} {value}, {over} under</translation>
    </message>
    <message>
        <source>{level},超限 {over}</source>
        <translation>{level}, {over} over</translation>
    </message>
    <message>
        <source>{level},低于限值 {over}</source>
        <translation>{level}, {over} under</translation>
    </message>
</context>
<context>
    <name>AssignmentInbox</name>
    <message>
        <source>改状态</source>
        <translation>Set status</translation>
    </message>
    <message>
        <source>待签收</source>
        <translation>To acknowledge</translation>
    </message>
    <message>
        <source>办理中</source>
        <translation>Under way</translation>
    </message>
    <message>
        <source>已办</source>
        <translation>Done</translation>
    </message>
    <message>
        <source>{sender} {way} {time}</source>
        <translation>{sender} · {way} {time}</translation>
    </message>
    <message>
        <source>● 签收超时</source>
        <translation>● not acknowledged in time</translation>
    </message>
    <message>
        <source>● 到场超时</source>
        <translation>● not on scene in time</translation>
    </message>
    <message>
        <source>● 处置超时</source>
        <translation>● overdue</translation>
    </message>
    <message>
        <source>待办</source>
        <translation>To do</translation>
    </message>
    <message>
        <source>没有待办</source>
        <translation>Nothing to do</translation>
    </message>
    <message>
        <source>派给本单位的事件出现在这里</source>
        <translation>What is sent to your agency appears here</translation>
    </message>
    <message>
        <source>签收</source>
        <translation>Acknowledge</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>出动、到场、处置中</source>
        <translation>En route, on scene, working</translation>
    </message>
    <message>
        <source>反馈</source>
        <translation>Feed back</translation>
    </message>
    <message>
        <source>办完了,写结果、附照片</source>
        <translation>Done: say what was found, add photos</translation>
    </message>
    <message>
        <source>派力量</source>
        <translation>Send units</translation>
    </message>
    <message>
        <source>二级派遣:派本单位的力量去</source>
        <translation>Send units of your own</translation>
    </message>
    <message>
        <source>退回</source>
        <translation>Return</translation>
    </message>
    <message>
        <source>不能办理,写明原因</source>
        <translation>It cannot be done here; say why</translation>
    </message>
</context>
<context>
    <name>AssignmentTable</name>
    <message>
        <source>单位 / 力量</source>
        <translation>Agency / unit</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>用时</source>
        <translation>Time</translation>
    </message>
    <message>
        <source>改状态</source>
        <translation>Set status</translation>
    </message>
    <message>
        <source>派单</source>
        <translation>Assignments</translation>
    </message>
    <message>
        <source>未签收</source>
        <translation>Unacknowledged</translation>
    </message>
    <message>
        <source>待签收</source>
        <translation>To acknowledge</translation>
    </message>
    <message>
        <source>未通知</source>
        <translation>Not told</translation>
    </message>
    <message>
        <source>预计 {time}</source>
        <translation>ETA {time}</translation>
    </message>
    <message>
        <source>晚 {time}</source>
        <translation>{time} late</translation>
    </message>
</context>
<context>
    <name>CallForm</name>
    <message>
        <source>不受理的原因</source>
        <translation>Why nothing is done</translation>
    </message>
    <message>
        <source>先选事项:输入名称或拼音首字母</source>
        <translation>Choose the matter first: type its name or pinyin initials</translation>
    </message>
    <message>
        <source>先说地点:地名、路口、坐标,或在地图上选</source>
        <translation>Say where first: a place, a crossing, a coordinate, or pick on the map</translation>
    </message>
    <message>
        <source>“{place}”没有找到位置。在地图上选,或再按一次回车,先按未定位立案</source>
        <translation>“{place}” was not found. Pick it on the map, or press Enter again to open without a position</translation>
    </message>
    <message>
        <source>必填:{name}</source>
        <translation>Needed: {name}</translation>
    </message>
    <message>
        <source>{level}(事项默认)</source>
        <translation>{level} (usual)</translation>
    </message>
    <message>
        <source>按事项</source>
        <translation>As the matter</translation>
    </message>
    <message>
        <source>来电</source>
        <translation>Call</translation>
    </message>
    <message>
        <source>按“{spot}”定位 · {at}</source>
        <translation>Placed by “{spot}” · {at}</translation>
    </message>
    <message>
        <source>没有找到位置</source>
        <translation>Position not found</translation>
    </message>
    <message>
        <source>未定位</source>
        <translation>No position</translation>
    </message>
    <message>
        <source>接报</source>
        <translation>Call</translation>
    </message>
    <message>
        <source>事项</source>
        <translation>Matter</translation>
    </message>
    <message>
        <source>地点</source>
        <translation>Place</translation>
    </message>
    <message>
        <source>位置</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>电话</source>
        <translation>Phone</translation>
    </message>
    <message>
        <source>来电人</source>
        <translation>Caller</translation>
    </message>
    <message>
        <source>内容</source>
        <translation>Said</translation>
    </message>
    <message>
        <source>等级</source>
        <translation>Level</translation>
    </message>
    <message>
        <source>伤亡</source>
        <translation>Casualties</translation>
    </message>
    <message>
        <source>名称或拼音首字母,如 csnl</source>
        <translation>Name or pinyin initials, such as csnl</translation>
    </message>
    <message>
        <source>地名、路口(甲路/乙路)、视频、力量、坐标、…附近</source>
        <translation>Place, crossing (A/B), camera, unit, coordinate, near …</translation>
    </message>
    <message>
        <source>渠道</source>
        <translation>Channel</translation>
    </message>
    <message>
        <source>接报时间</source>
        <translation>Received at</translation>
    </message>
    <message>
        <source>来电人说了什么(⇧ 回车换行)</source>
        <translation>What the caller says (⇧ Enter: new line)</translation>
    </message>
    <message>
        <source>在地图上选</source>
        <translation>Pick on the map</translation>
    </message>
    <message>
        <source>立案</source>
        <translation>Open</translation>
    </message>
    <message>
        <source>立案,并提出方案</source>
        <translation>Open the incident with its proposal</translation>
    </message>
    <message>
        <source>搁置</source>
        <translation>Put aside</translation>
    </message>
    <message>
        <source>搁置,输入的内容保留</source>
        <translation>Put aside; what was typed stays</translation>
    </message>
    <message>
        <source>不受理</source>
        <translation>Dismiss</translation>
    </message>
</context>
<context>
    <name>CallPanel</name>
    <message>
        <source>并入</source>
        <translation>Add to it</translation>
    </message>
    <message>
        <source>接着办</source>
        <translation>Go on</translation>
    </message>
    <message>
        <source>搁置</source>
        <translation>Put aside</translation>
    </message>
    <message>
        <source>没有在接的电话</source>
        <translation>No call is being taken</translation>
    </message>
    <message>
        <source>按 Ctrl+N 接报</source>
        <translation>Press Ctrl+N to take one</translation>
    </message>
    <message>
        <source>可能是同一件事</source>
        <translation>May be the same</translation>
    </message>
    <message>
        <source>方案预览</source>
        <translation>Proposal ahead</translation>
    </message>
    <message>
        <source>立案后可改</source>
        <translation>can be changed once open</translation>
    </message>
</context>
<context>
    <name>CallStrip</name>
    <message>
        <source>响铃 {time}</source>
        <translation>rings {time}</translation>
    </message>
    <message>
        <source>还有 {n} 个来电</source>
        <translation>{n} more calls</translation>
    </message>
    <message>
        <source>来电</source>
        <translation>Call</translation>
    </message>
    <message>
        <source>接听</source>
        <translation>Answer</translation>
    </message>
    <message>
        <source>接听,填好再立案</source>
        <translation>Answer, fill in, then open</translation>
    </message>
    <message>
        <source>照述立案</source>
        <translation>Open as told</translation>
    </message>
    <message>
        <source>照来电所说立案,一键完成</source>
        <translation>Open as the caller tells it, with one key</translation>
    </message>
</context>
<context>
    <name>CallerLine</name>
    <message>
        <source>来电 {who}</source>
        <translation>Called by {who}</translation>
    </message>
</context>
<context>
    <name>CasualtyForm</name>
    <message>
        <source>报伤亡</source>
        <translation>Report casualties</translation>
    </message>
    <message>
        <source>人数</source>
        <translation>Count</translation>
    </message>
    <message>
        <source>时间</source>
        <translation>Time</translation>
    </message>
    <message>
        <source>上报</source>
        <translation>Report</translation>
    </message>
    <message>
        <source>不报</source>
        <translation>Cancel</translation>
    </message>
</context>
<context>
    <name>CasualtyLine</name>
    <message>
        <source>伤亡</source>
        <translation>Casualties</translation>
    </message>
    <message>
        <source>待裁定</source>
        <translation>Undecided</translation>
    </message>
</context>
<context>
    <name>ChoicePicker</name>
    <message>
        <source>名称、拼音首字母或级别,回车选中</source>
        <translation>Name, pinyin initials or level; Enter takes it</translation>
    </message>
    <message>
        <source>当前 {name}</source>
        <translation>at {name}</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>已选 {names}</source>
        <translation>taken: {names}</translation>
    </message>
    <message>
        <source>;</source>
        <translation>; </translation>
    </message>
</context>
<context>
    <name>Chrome</name>
    <message>
        <source>演练</source>
        <translation>Drill</translation>
    </message>
    <message>
        <source>确认第一条告警</source>
        <translation>Confirm the first alarm</translation>
    </message>
    <message>
        <source>增派下一级</source>
        <translation>Reinforce: next level</translation>
    </message>
    <message>
        <source>记一条通讯记录</source>
        <translation>Write in the message log</translation>
    </message>
    <message>
        <source>通讯记录</source>
        <translation>Message log</translation>
    </message>
    <message>
        <source>筛选列表</source>
        <translation>Filter the list</translation>
    </message>
    <message>
        <source>此刻的按键</source>
        <translation>Keys of the moment</translation>
    </message>
    <message>
        <source>待处理</source>
        <translation>Inbox</translation>
    </message>
    <message>
        <source>清单</source>
        <translation>Lists</translation>
    </message>
    <message>
        <source>事件报告</source>
        <translation>Incident report</translation>
    </message>
    <message>
        <source>导出通信日志 ICS 309</source>
        <translation>Export communications log (ICS 309)</translation>
    </message>
    <message>
        <source>导出行动日志 ICS 214</source>
        <translation>Export activity log (ICS 214)</translation>
    </message>
    <message>
        <source>导出事件报告</source>
        <translation>Export incident report</translation>
    </message>
    <message>
        <source>交接班</source>
        <translation>Shift handover</translation>
    </message>
    <message>
        <source>中文 / English</source>
        <translation>中文 / English</translation>
    </message>
    <message>
        <source>恢复默认布局</source>
        <translation>Reset the layout</translation>
    </message>
    <message>
        <source>全屏</source>
        <translation>Full screen</translation>
    </message>
    <message>
        <source>一屏</source>
        <translation>Yiping</translation>
    </message>
    <message>
        <source>未登录</source>
        <translation>Not signed in</translation>
    </message>
    <message>
        <source>模拟平台:断开(结束进程)</source>
        <translation>Simulated platform: disconnect (kill it)</translation>
    </message>
    <message>
        <source>模拟平台:启动</source>
        <translation>Simulated platform: start</translation>
    </message>
    <message>
        <source>{n} 未确认 · 近10分钟 {m}</source>
        <translation>{n} to decide · {m} in 10 min</translation>
    </message>
    <message>
        <source>{n} 进行中</source>
        <translation>{n} open</translation>
    </message>
    <message>
        <source>{n} 在岗 · {m} 出勤</source>
        <translation>{n} on duty · {m} out</translation>
    </message>
    <message>
        <source>看告警</source>
        <translation>Go to alarms</translation>
    </message>
    <message>
        <source>打开大屏</source>
        <translation>Open the wall</translation>
    </message>
    <message>
        <source>关闭大屏</source>
        <translation>Close the wall</translation>
    </message>
    <message>
        <source>大屏没有打开</source>
        <translation>The wall is not open</translation>
    </message>
    <message>
        <source>接入密钥</source>
        <translation>Service keys</translation>
    </message>
    <message>
        <source>设置</source>
        <translation>Settings</translation>
    </message>
    <message>
        <source>事件详情</source>
        <translation>Incident panel</translation>
    </message>
    <message>
        <source>使用手册</source>
        <translation>Handbook</translation>
    </message>
    <message>
        <source>关于一屏</source>
        <translation>About Yiping</translation>
    </message>
    <message>
        <source>没有选中的事件</source>
        <translation>No incident is selected</translation>
    </message>
    <message>
        <source>大屏已经打开,按 Shift+F9 关闭。</source>
        <translation>The wall is open already. Shift+F9 closes it.</translation>
    </message>
    <message>
        <source>实战</source>
        <translation>Live</translation>
    </message>
    <message>
        <source>点一下地图,选事件的位置</source>
        <translation>Click the incident&apos;s place on the map</translation>
    </message>
    <message>
        <source>待裁定</source>
        <translation>Undecided</translation>
    </message>
    <message>
        <source>{code} 附近</source>
        <translation>Near {code}</translation>
    </message>
    <message>
        <source>已生成 {file}</source>
        <translation>Written: {file}</translation>
    </message>
    <message>
        <source>附件</source>
        <translation>Files</translation>
    </message>
    <message>
        <source>照片和视频 (*.jpg *.jpeg *.png *.heic *.mp4 *.mov)</source>
        <translation>Photos and clips (*.jpg *.jpeg *.png *.heic *.mp4 *.mov)</translation>
    </message>
    <message>
        <source>所有文件 (*)</source>
        <translation>All files (*)</translation>
    </message>
    <message>
        <source>只有指挥这里的人能管理</source>
        <translation>Only who commands here manages them</translation>
    </message>
    <message>
        <source>没有“{typed}”这条命令。按 Ctrl+K 看能输入什么。</source>
        <translation>There is no command “{typed}”. Ctrl+K shows what can be typed.</translation>
    </message>
    <message>
        <source>演练结束。实战数据未受影响。</source>
        <translation>The drill is over. Live data was not touched.</translation>
    </message>
    <message>
        <source>一屏不能启动</source>
        <translation>Yiping cannot start</translation>
    </message>
    <message>
        <source>待办</source>
        <translation>To do</translation>
    </message>
    <message>
        <source>联动:吹哨、下派、协办、转派、上报</source>
        <translation>Hand on: whistle, delegate, assist, transfer, report up</translation>
    </message>
    <message>
        <source>首报、续报、终报</source>
        <translation>First, follow-up and final report</translation>
    </message>
    <message>
        <source>{n} 待签收</source>
        <translation>{n} to acknowledge</translation>
    </message>
    <message>
        <source>{n} 超时</source>
        <translation>{n} overdue</translation>
    </message>
    <message>
        <source>看时限提示</source>
        <translation>Go to the limit that was noticed</translation>
    </message>
    <message>
        <source>{n} 待审批</source>
        <translation>{n} to answer</translation>
    </message>
</context>
<context>
    <name>CommandLine</name>
    <message>
        <source>输入命令或拼音首字母,如 I34 · xf1 到场</source>
        <translation>Type a command or a name: I34 · xf1 on scene</translation>
    </message>
    <message>
        <source>命令行</source>
        <translation>Command line</translation>
    </message>
    <message>
        <source>命令行  Ctrl+K</source>
        <translation>Command line  Ctrl+K</translation>
    </message>
</context>
<context>
    <name>ConflictCard</name>
    <message>
        <source>{unit} 被派往两处</source>
        <translation>{unit} sent to two incidents</translation>
    </message>
    <message>
        <source>待裁定</source>
        <translation>Undecided</translation>
    </message>
    <message>
        <source>分歧</source>
        <translation>Conflict</translation>
    </message>
    <message>
        <source>看地图</source>
        <translation>On the map</translation>
    </message>
    <message>
        <source>先到</source>
        <translation>First</translation>
    </message>
    <message>
        <source>后到</source>
        <translation>Second</translation>
    </message>
    <message>
        <source>取这个</source>
        <translation>Take this</translation>
    </message>
    <message>
        <source>以“{value}”为准</source>
        <translation>“{value}” holds</translation>
    </message>
    <message>
        <source>由{who}裁定</source>
        <translation>{who} decides</translation>
    </message>
</context>
<context>
    <name>ConflictStack</name>
    <message>
        <source>分歧</source>
        <translation>Conflict</translation>
    </message>
    <message>
        <source>裁定</source>
        <translation>Decide</translation>
    </message>
    <message>
        <source>{n} 项待裁定</source>
        <translation>{n} to decide</translation>
    </message>
</context>
<context>
    <name>CountBoxes</name>
    <message>
        <source>亡</source>
        <translation>Dead</translation>
    </message>
    <message>
        <source>伤</source>
        <translation>Injured</translation>
    </message>
    <message>
        <source>失联</source>
        <translation>Missing</translation>
    </message>
    <message>
        <source>被困</source>
        <translation>Trapped</translation>
    </message>
</context>
<context>
    <name>Counts</name>
    <message>
        <source>亡</source>
        <translation>Dead</translation>
    </message>
    <message>
        <source>伤</source>
        <translation>Injured</translation>
    </message>
    <message>
        <source>失联</source>
        <translation>Missing</translation>
    </message>
    <message>
        <source>被困</source>
        <translation>Trapped</translation>
    </message>
</context>
<context>
    <name>DeskMenu</name>
    <message>
        <source>事件(&amp;E)</source>
        <translation>Incid&amp;ent</translation>
    </message>
    <message>
        <source>记录(&amp;L)</source>
        <translation>&amp;Log</translation>
    </message>
    <message>
        <source>文书(&amp;D)</source>
        <translation>&amp;Documents</translation>
    </message>
    <message>
        <source>中心(&amp;C)</source>
        <translation>&amp;Centre</translation>
    </message>
    <message>
        <source>视图(&amp;V)</source>
        <translation>&amp;View</translation>
    </message>
    <message>
        <source>帮助(&amp;H)</source>
        <translation>&amp;Help</translation>
    </message>
    <message>
        <source>没有选中的事件</source>
        <translation>No incident is selected</translation>
    </message>
    <message>
        <source>退出(&amp;Q)</source>
        <translation>&amp;Quit</translation>
    </message>
    <message>
        <source>面板</source>
        <translation>Panels</translation>
    </message>
    <message>
        <source>语言</source>
        <translation>Language</translation>
    </message>
</context>
<context>
    <name>DeskWindow</name>
    <message>
        <source>告警</source>
        <translation>Alarms</translation>
    </message>
    <message>
        <source>事件</source>
        <translation>Incidents</translation>
    </message>
    <message>
        <source>力量</source>
        <translation>Units</translation>
    </message>
    <message>
        <source>地图</source>
        <translation>Map</translation>
    </message>
    <message>
        <source>指标</source>
        <translation>Indicators</translation>
    </message>
    <message>
        <source>视频</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>曲线</source>
        <translation>Chart</translation>
    </message>
    <message>
        <source>事件详情</source>
        <translation>Incident</translation>
    </message>
    <message>
        <source>来电</source>
        <translation>Calls</translation>
    </message>
    <message>
        <source>接报</source>
        <translation>Take a call</translation>
    </message>
    <message>
        <source>确认</source>
        <translation>Confirm</translation>
    </message>
    <message>
        <source>过滤</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>调度</source>
        <translation>Dispatch</translation>
    </message>
    <message>
        <source>待办</source>
        <translation>To do</translation>
    </message>
    <message>
        <source>看现场</source>
        <translation>Look</translation>
    </message>
    <message>
        <source>按等级</source>
        <translation>By level</translation>
    </message>
    <message>
        <source>按时限</source>
        <translation>By time</translation>
    </message>
    <message>
        <source>只看超时</source>
        <translation>Overdue</translation>
    </message>
</context>
<context>
    <name>DrillStrip</name>
    <message>
        <source>{time} 后:{what}</source>
        <translation>In {time}: {what}</translation>
    </message>
    <message>
        <source>继续</source>
        <translation>Resume</translation>
    </message>
    <message>
        <source>暂停</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>结束</source>
        <translation>End</translation>
    </message>
    <message>
        <source>演练已结束</source>
        <translation>The drill has ended</translation>
    </message>
    <message>
        <source>演练</source>
        <translation>Drill</translation>
    </message>
</context>
<context>
    <name>ErrorDialog</name>
    <message>
        <source>程序出错</source>
        <translation>Something went wrong in the program</translation>
    </message>
    <message>
        <source>刚才的操作没有完成,程序里有一处错误。</source>
        <translation>The last action did not finish: there is a bug in the program.</translation>
    </message>
    <message>
        <source>共 {n} 次。</source>
        <translation>{n} times.</translation>
    </message>
    <message>
        <source>已写入的记录、派单和待上传的内容都在,控制台仍可使用。</source>
        <translation>Everything written, dispatched or waiting to be sent is kept, and the console still works.</translation>
    </message>
    <message>
        <source>请再试一次;若还出现,复制下面的详情发给维护人员。</source>
        <translation>Try again. If it comes back, copy the details below and send them to support.</translation>
    </message>
    <message>
        <source>日志:{file}</source>
        <translation>Log: {file}</translation>
    </message>
    <message>
        <source>错误详情</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>复制详情</source>
        <translation>Copy details</translation>
    </message>
    <message>
        <source>继续工作</source>
        <translation>Go on working</translation>
    </message>
</context>
<context>
    <name>ExportForm</name>
    <message>
        <source>全部事件</source>
        <translation>All incidents</translation>
    </message>
    <message>
        <source>纸上填写</source>
        <translation>To be written by hand</translation>
    </message>
    <message>
        <source>开始时间要早于结束时间</source>
        <translation>The start must be before the end</translation>
    </message>
    <message>
        <source>请选一个事件</source>
        <translation>Choose an incident</translation>
    </message>
    <message>
        <source>双方签认要选接班人,并输入两人的密码;也可以都留空,在纸上签</source>
        <translation>To be signed by both, it needs who takes over and both passwords; or leave both empty and sign on paper</translation>
    </message>
    <message>
        <source>正在生成…</source>
        <translation>Writing…</translation>
    </message>
    <message>
        <source>导出表单</source>
        <translation>Export a form</translation>
    </message>
    <message>
        <source>通信日志 ICS 309</source>
        <translation>Communications log, ICS 309</translation>
    </message>
    <message>
        <source>行动日志 ICS 214</source>
        <translation>Activity log, ICS 214</translation>
    </message>
    <message>
        <source>事件报告</source>
        <translation>Incident report</translation>
    </message>
    <message>
        <source>交接班记录</source>
        <translation>Shift handover record</translation>
    </message>
    <message>
        <source>表单</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>事件</source>
        <translation>Incident</translation>
    </message>
    <message>
        <source>起</source>
        <translation>From</translation>
    </message>
    <message>
        <source>止</source>
        <translation>To</translation>
    </message>
    <message>
        <source>电台网或岗位</source>
        <translation>Radio net or position</translation>
    </message>
    <message>
        <source>接班人</source>
        <translation>Taking over</translation>
    </message>
    <message>
        <source>移交事项</source>
        <translation>To be handed over</translation>
    </message>
    <message>
        <source>交班人密码</source>
        <translation>Password of who leaves</translation>
    </message>
    <message>
        <source>接班人密码</source>
        <translation>Password of who comes</translation>
    </message>
    <message>
        <source>格式</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>语言</source>
        <translation>Language</translation>
    </message>
    <message>
        <source>空为本中心</source>
        <translation>This centre when empty</translation>
    </message>
    <message>
        <source>可选:双方签认,记入通讯记录</source>
        <translation>Optional: both sign, and the log says so</translation>
    </message>
    <message>
        <source>生成</source>
        <translation>Write</translation>
    </message>
    <message>
        <source>取消</source>
        <translation>Cancel</translation>
    </message>
</context>
<context>
    <name>Exporter</name>
    <message>
        <source>没有写入记录</source>
        <translation>It could not be written into the log</translation>
    </message>
</context>
<context>
    <name>Face</name>
    <message>
        <source>最高等级</source>
        <translation>Gravest</translation>
    </message>
    <message>
        <source>进行中</source>
        <translation>Open</translation>
    </message>
    <message>
        <source>超时</source>
        <translation>Overdue</translation>
    </message>
    <message>
        <source>在岗力量</source>
        <translation>On duty</translation>
    </message>
</context>
<context>
    <name>FactLine</name>
    <message>
        <source>来源 {source} · {time}</source>
        <translation>Source {source} · {time}</translation>
    </message>
    <message>
        <source>结案,用时 {time}</source>
        <translation>Closed after {time}</translation>
    </message>
    <message>
        <source>已 {time}</source>
        <translation>{time} so far</translation>
    </message>
    <message>
        <source>处置时限 {time}</source>
        <translation>Limit {time}</translation>
    </message>
</context>
<context>
    <name>FeedbackForm</name>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>还没有照片</source>
        <translation>No photo yet</translation>
    </message>
    <message>
        <source>写一句结果,或添加照片</source>
        <translation>Say what was found, or add a photo</translation>
    </message>
    <message>
        <source>反馈</source>
        <translation>Feed back</translation>
    </message>
    <message>
        <source>结果</source>
        <translation>Result</translation>
    </message>
    <message>
        <source>照片</source>
        <translation>Photos</translation>
    </message>
    <message>
        <source>添加</source>
        <translation>Add</translation>
    </message>
    <message>
        <source>添加照片或视频</source>
        <translation>Add photos or clips</translation>
    </message>
    <message>
        <source>不要照片</source>
        <translation>No photos</translation>
    </message>
    <message>
        <source>完成并反馈</source>
        <translation>Done, feed back</translation>
    </message>
    <message>
        <source>收起</source>
        <translation>Leave</translation>
    </message>
</context>
<context>
    <name>FilterLine</name>
    <message>
        <source>名称、编号或拼音首字母,Esc 清除</source>
        <translation>Name, number or pinyin initials; Esc clears</translation>
    </message>
    <message>
        <source>筛选</source>
        <translation>Filter</translation>
    </message>
</context>
<context>
    <name>HeadLine</name>
    <message>
        <source>待裁定</source>
        <translation>Undecided</translation>
    </message>
</context>
<context>
    <name>HelpWindow</name>
    <message>
        <source>使用手册</source>
        <translation>Handbook</translation>
    </message>
    <message>
        <source>章节</source>
        <translation>Chapters</translation>
    </message>
</context>
<context>
    <name>ImportPreview</name>
    <message>
        <source>导入清单</source>
        <translation>Import lists</translation>
    </message>
    <message>
        <source>未收 {n}</source>
        <translation>refused {n}</translation>
    </message>
    <message>
        <source>未收的行会另存为一个工作簿,改正后可再导入;其余各行不受影响。</source>
        <translation>The refused rows are kept in a workbook of their own, to be corrected and imported again; the others are not affected.</translation>
    </message>
    <message>
        <source>下面列出前 {most} 处,共有 {n} 处变化</source>
        <translation>The first {most} of {n} changes are listed below</translation>
    </message>
    <message>
        <source>会有的变化</source>
        <translation>What would change</translation>
    </message>
    <message>
        <source>没有变化</source>
        <translation>Nothing would change</translation>
    </message>
    <message>
        <source>工作簿里的内容和现在的清单一样</source>
        <translation>The workbook says the same as the lists do now</translation>
    </message>
    <message>
        <source>导入 {n} 行</source>
        <translation>Import {n} lines</translation>
    </message>
    <message>
        <source>没有要改的</source>
        <translation>There is nothing to change</translation>
    </message>
    <message>
        <source>不导入</source>
        <translation>Do not import</translation>
    </message>
</context>
<context>
    <name>InboxView</name>
    <message>
        <source>没有待处理</source>
        <translation>The inbox is empty</translation>
    </message>
    <message>
        <source>平台没有接收的操作会连同内容留在这里,可以更正后重发</source>
        <translation>What the platform does not take is kept here in full, to be corrected and sent again</translation>
    </message>
    <message>
        <source>未接收</source>
        <translation>Not taken</translation>
    </message>
    <message>
        <source>没有可以更正的内容</source>
        <translation>Nothing in it can be corrected</translation>
    </message>
    <message>
        <source>还没有改动</source>
        <translation>Nothing is changed yet</translation>
    </message>
    <message>
        <source>先写丢弃的原因</source>
        <translation>Write the reason first</translation>
    </message>
    <message>
        <source>待处理</source>
        <translation>Inbox</translation>
    </message>
    <message>
        <source>更正</source>
        <translation>Correct</translation>
    </message>
    <message>
        <source>更正并重发</source>
        <translation>Correct and resend</translation>
    </message>
    <message>
        <source>原样重发</source>
        <translation>Resend as it is</translation>
    </message>
    <message>
        <source>丢弃</source>
        <translation>Discard</translation>
    </message>
    <message>
        <source>不再发送;要写原因,原因记入日志</source>
        <translation>Never sent; needs a reason, which goes into the log</translation>
    </message>
    <message>
        <source>打开事件</source>
        <translation>Open incident</translation>
    </message>
    <message>
        <source>为什么丢弃?写一句,按回车丢弃</source>
        <translation>Why? Write a sentence; Enter discards it</translation>
    </message>
    <message>
        <source>丢弃的原因</source>
        <translation>Reason for discarding</translation>
    </message>
</context>
<context>
    <name>InboxWindow</name>
    <message>
        <source>待处理</source>
        <translation>Inbox</translation>
    </message>
</context>
<context>
    <name>IncidentBoard</name>
    <message>
        <source>事件</source>
        <translation>Incidents</translation>
    </message>
    <message>
        <source>正在读取…</source>
        <translation>Reading…</translation>
    </message>
    <message>
        <source>没有符合“{query}”的事件</source>
        <translation>No incident matches “{query}”</translation>
    </message>
    <message>
        <source>按 Esc 清除筛选</source>
        <translation>Esc clears the filter</translation>
    </message>
    <message>
        <source>按 M 回到全部事件</source>
        <translation>M shows all incidents again</translation>
    </message>
    <message>
        <source>没有进行中的事件</source>
        <translation>No open incidents</translation>
    </message>
    <message>
        <source>已 {time}</source>
        <translation>{time} so far</translation>
    </message>
    <message>
        <source>待裁定</source>
        <translation>Undecided</translation>
    </message>
    <message>
        <source>到场 {there}/{sent}</source>
        <translation>on scene {there}/{sent}</translation>
    </message>
    <message>
        <source>待派单</source>
        <translation>to dispatch</translation>
    </message>
    <message>
        <source>{n} 个未签收</source>
        <translation>{n} unacknowledged</translation>
    </message>
    <message>
        <source>没有超时的事件</source>
        <translation>Nothing is overdue</translation>
    </message>
    <message>
        <source>确认一条告警,或按 Ctrl+N 接报,事件就出现在这里</source>
        <translation>Confirm an alarm or take a call (Ctrl+N), and its incident appears here</translation>
    </message>
    <message>
        <source>待审批 {n}</source>
        <translation>{n} to answer</translation>
    </message>
    <message>
        <source>含 {n}</source>
        <translation>+{n}</translation>
    </message>
</context>
<context>
    <name>IncidentEdit</name>
    <message>
        <source>{position} · 已改</source>
        <translation>{position} · changed</translation>
    </message>
    <message>
        <source>还没有改动</source>
        <translation>Nothing is changed yet</translation>
    </message>
    <message>
        <source>修改事件</source>
        <translation>Edit incident</translation>
    </message>
    <message>
        <source>标题</source>
        <translation>Title</translation>
    </message>
    <message>
        <source>地点</source>
        <translation>Place</translation>
    </message>
    <message>
        <source>位置</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>等级</source>
        <translation>Level</translation>
    </message>
    <message>
        <source>事项</source>
        <translation>Matter</translation>
    </message>
    <message>
        <source>在地图上选</source>
        <translation>Pick on the map</translation>
    </message>
    <message>
        <source>保存</source>
        <translation>Save</translation>
    </message>
    <message>
        <source>不改</source>
        <translation>Cancel</translation>
    </message>
</context>
<context>
    <name>IncidentPanel</name>
    <message>
        <source>采纳方案</source>
        <translation>Accept</translation>
    </message>
    <message>
        <source>按方案派出,一键完成</source>
        <translation>Dispatch as proposed, with one key</translation>
    </message>
    <message>
        <source>增派</source>
        <translation>Send more</translation>
    </message>
    <message>
        <source>推荐下一级增援还缺的力量</source>
        <translation>Propose what the next reinforcement level lacks</translation>
    </message>
    <message>
        <source>上墙</source>
        <translation>Wall</translation>
    </message>
    <message>
        <source>把这个事件的画面放上大屏</source>
        <translation>Put this incident on the wall</translation>
    </message>
    <message>
        <source>报告</source>
        <translation>Report</translation>
    </message>
    <message>
        <source>修改</source>
        <translation>Edit</translation>
    </message>
    <message>
        <source>伤亡</source>
        <translation>Casualties</translation>
    </message>
    <message>
        <source>报伤亡人数</source>
        <translation>Report the casualties</translation>
    </message>
    <message>
        <source>附件</source>
        <translation>Files</translation>
    </message>
    <message>
        <source>添加照片或视频</source>
        <translation>Add a photo or clip</translation>
    </message>
    <message>
        <source>记一条</source>
        <translation>Write</translation>
    </message>
    <message>
        <source>任务</source>
        <translation>Tasks</translation>
    </message>
    <message>
        <source>通讯记录</source>
        <translation>Message log</translation>
    </message>
    <message>
        <source>结案前必做 {n}</source>
        <translation>{n} required before closing</translation>
    </message>
    <message>
        <source>链完整 · {n} 条</source>
        <translation>Chain whole · {n}</translation>
    </message>
    <message>
        <source>链断开 · {n} 条,请核对</source>
        <translation>Chain BROKEN · {n}, please check</translation>
    </message>
    <message>
        <source>没有选任何力量</source>
        <translation>No unit is chosen</translation>
    </message>
    <message>
        <source>方案待采纳,先采纳再增派</source>
        <translation>Accept the proposal before sending more</translation>
    </message>
    <message>
        <source>联动</source>
        <translation>Hand on</translation>
    </message>
    <message>
        <source>改事项、标题、地点、等级</source>
        <translation>Change matter, title, place, level</translation>
    </message>
    <message>
        <source>吹哨、下派、协办、转派、上报</source>
        <translation>Whistle, delegate, assist, transfer, report up</translation>
    </message>
    <message>
        <source>向上级报告,电话或书面</source>
        <translation>Report to the level above, by phone or in writing</translation>
    </message>
</context>
<context>
    <name>IndicatorChart</name>
    <message>
        <source>指标曲线</source>
        <translation>Indicator chart</translation>
    </message>
    <message>
        <source>1 小时</source>
        <translation>1 h</translation>
    </message>
    <message>
        <source>6 小时</source>
        <translation>6 h</translation>
    </message>
    <message>
        <source>24 小时</source>
        <translation>24 h</translation>
    </message>
    <message>
        <source>全部</source>
        <translation>All</translation>
    </message>
    <message>
        <source>没有选中指标。在指标板上选一个,曲线画在这里</source>
        <translation>No indicator chosen. Choose one on the board to see its chart here</translation>
    </message>
    <message>
        <source>{level} {value} {measure}</source>
        <translation>{level} {value} {measure}</translation>
    </message>
    <message>
        <source>无数据</source>
        <translation>No data</translation>
    </message>
</context>
<context>
    <name>KeyForm</name>
    <message>
        <source>写名字,选至少一种数据</source>
        <translation>Write a name and choose at least one kind</translation>
    </message>
    <message>
        <source>新密钥</source>
        <translation>New key</translation>
    </message>
    <message>
        <source>名字</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>范围</source>
        <translation>For</translation>
    </message>
    <message>
        <source>可以送</source>
        <translation>May bring</translation>
    </message>
    <message>
        <source>小写字母、数字、连字符:water-bureau</source>
        <translation>small letters, digits, hyphens: water-bureau</translation>
    </message>
    <message>
        <source>生成密钥</source>
        <translation>Make the key</translation>
    </message>
    <message>
        <source>取消</source>
        <translation>Cancel</translation>
    </message>
</context>
<context>
    <name>KeyView</name>
    <message>
        <source>已复制。交给对方系统后,关上这个窗口。</source>
        <translation>Copied. Hand it to the other system, then close this window.</translation>
    </message>
    <message>
        <source>再按一次,收回 {name}</source>
        <translation>Once more to withdraw {name}</translation>
    </message>
    <message>
        <source>收回</source>
        <translation>Withdraw</translation>
    </message>
    <message>
        <source>没有选中的密钥</source>
        <translation>No key is selected</translation>
    </message>
    <message>
        <source>给每个外部系统一个密钥,它才能送来读数、位置、来电、状态和告警</source>
        <translation>Give each outside system a key, so that it can bring readings, positions, calls, statuses and alarms</translation>
    </message>
    <message>
        <source>没有密钥</source>
        <translation>No keys</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>{by} 于 {since} 添加 · {id}</source>
        <translation>{by}, {since} · {id}</translation>
    </message>
    <message>
        <source>接入密钥</source>
        <translation>Service keys</translation>
    </message>
    <message>
        <source>新密钥只显示这一次,留下的只是它的散列。现在复制,交给对方系统:</source>
        <translation>The new key is shown this once; only its hash is kept. Copy it now and hand it to the other system:</translation>
    </message>
    <message>
        <source>新密钥</source>
        <translation>New key</translation>
    </message>
    <message>
        <source>复制</source>
        <translation>Copy</translation>
    </message>
</context>
<context>
    <name>KeysSheet</name>
    <message>
        <source>此刻的按键</source>
        <translation>Keys of the moment</translation>
    </message>
</context>
<context>
    <name>LevelPart</name>
    <message>
        <source>报到 {n}/{m}</source>
        <translation>{n} of {m} reported in</translation>
    </message>
    <message>
        <source>吹哨</source>
        <translation>Whistle</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>迟到:{names}</source>
        <translation>late: {names}</translation>
    </message>
    <message>
        <source>等 {names}</source>
        <translation>waiting for {names}</translation>
    </message>
    <message>
        <source>没有写原因</source>
        <translation>no reason given</translation>
    </message>
    <message>
        <source>{name} 退回:{reason}</source>
        <translation>{name} returned it: {reason}</translation>
    </message>
    <message>
        <source>转派</source>
        <translation>Transfer</translation>
    </message>
    <message>
        <source>信息报告</source>
        <translation>Reports upwards</translation>
    </message>
    <message>
        <source>电话</source>
        <translation>by phone</translation>
    </message>
    <message>
        <source>书面</source>
        <translation>in writing</translation>
    </message>
    <message>
        <source>{kind} · {way} → {to}</source>
        <translation>{kind} · {way} → {to}</translation>
    </message>
</context>
<context>
    <name>Levels</name>
    <message>
        <source>{code} 由管辖它的中心办理,这里不能派出。</source>
        <translation>{code} is handled by the centre of its area; it cannot be handed on from here.</translation>
    </message>
    <message>
        <source>{code} 由管辖它的中心上报。</source>
        <translation>{code} is reported by the centre of its area.</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>找不到照片 {names}。反馈没有发出,请重新添加。</source>
        <translation>{names} cannot be found. The feedback was not sent; add the photo again.</translation>
    </message>
    <message>
        <source>新待办 {way}:{code} {title}。Ctrl+I 签收</source>
        <translation>New to do ({way}): {code} {title}. Ctrl+I to acknowledge</translation>
    </message>
</context>
<context>
    <name>ListForm</name>
    <message>
        <source>中文</source>
        <translation>Chinese</translation>
    </message>
    <message>
        <source>英文</source>
        <translation>English</translation>
    </message>
    <message>
        <source>代号</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>类型</source>
        <translation>Kind</translation>
    </message>
    <message>
        <source>必填</source>
        <translation>Required</translation>
    </message>
    <message>
        <source>选项(甲/A;乙/B)</source>
        <translation>Choices (zh/en;zh/en)</translation>
    </message>
    <message>
        <source>编号</source>
        <translation>Id</translation>
    </message>
    <message>
        <source>名称(中文)</source>
        <translation>Name (Chinese)</translation>
    </message>
    <message>
        <source>名称(英文)</source>
        <translation>Name (English)</translation>
    </message>
    <message>
        <source>国标代码</source>
        <translation>National class</translation>
    </message>
    <message>
        <source>大类(中文)</source>
        <translation>Group (Chinese)</translation>
    </message>
    <message>
        <source>大类(英文)</source>
        <translation>Group (English)</translation>
    </message>
    <message>
        <source>默认等级</source>
        <translation>Level</translation>
    </message>
    <message>
        <source>环节</source>
        <translation>Stages</translation>
    </message>
    <message>
        <source>表单字段</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>单位</source>
        <translation>Agency</translation>
    </message>
    <message>
        <source>哪个时限</source>
        <translation>Limit</translation>
    </message>
    <message>
        <source>告知单位</source>
        <translation>Who is told</translation>
    </message>
    <message>
        <source>超过后(分钟,或 2wh、1wd)</source>
        <translation>After (min, or 2wh, 1wd)</translation>
    </message>
    <message>
        <source>事项</source>
        <translation>Matter</translation>
    </message>
    <message>
        <source>区域</source>
        <translation>Area</translation>
    </message>
    <message>
        <source>全部</source>
        <translation>Everywhere</translation>
    </message>
    <message>
        <source>层级</source>
        <translation>Tier</translation>
    </message>
    <message>
        <source>不限</source>
        <translation>Any</translation>
    </message>
    <message>
        <source>主办</source>
        <translation>Lead</translation>
    </message>
    <message>
        <source>协办</source>
        <translation>Assisting</translation>
    </message>
    <message>
        <source>时限</source>
        <translation>Limits</translation>
    </message>
    <message>
        <source>超时升级</source>
        <translation>Escalation</translation>
    </message>
    <message>
        <source>能力</source>
        <translation>Capability</translation>
    </message>
    <message>
        <source>数量</source>
        <translation>Count</translation>
    </message>
    <message>
        <source>级</source>
        <translation>Level</translation>
    </message>
    <message>
        <source>必做</source>
        <translation>Required</translation>
    </message>
    <message>
        <source>限时</source>
        <translation>Due</translation>
    </message>
    <message>
        <source>适用区域</source>
        <translation>Fits in area</translation>
    </message>
    <message>
        <source>最低等级</source>
        <translation>From level</translation>
    </message>
    <message>
        <source>适用时段</source>
        <translation>Fits in hours</translation>
    </message>
    <message>
        <source>告警指标</source>
        <translation>While in alarm</translation>
    </message>
    <message>
        <source>需要力量</source>
        <translation>Needs</translation>
    </message>
    <message>
        <source>增援</source>
        <translation>Reinforcements</translation>
    </message>
    <message>
        <source>任务</source>
        <translation>Tasks</translation>
    </message>
    <message>
        <source>通知</source>
        <translation>Messages</translation>
    </message>
    <message>
        <source>上墙视频数</source>
        <translation>Cameras on the wall</translation>
    </message>
    <message>
        <source>上墙画面</source>
        <translation>Wall scene</translation>
    </message>
</context>
<context>
    <name>ListView</name>
    <message>
        <source>新的一条</source>
        <translation>A new line</translation>
    </message>
    <message>
        <source>未保存</source>
        <translation>not saved</translation>
    </message>
    <message>
        <source>还没有改动</source>
        <translation>Nothing is changed yet</translation>
    </message>
    <message>
        <source>先保存这一条</source>
        <translation>Save this line first</translation>
    </message>
    <message>
        <source>已经划去</source>
        <translation>It is struck off already</translation>
    </message>
    <message>
        <source>和自带的一样,或自带里没有</source>
        <translation>It is as in the pack, or not in it</translation>
    </message>
    <message>
        <source>编号</source>
        <translation>Id</translation>
    </message>
    <message>
        <source>名称</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>事项</source>
        <translation>Matter</translation>
    </message>
    <message>
        <source>来源</source>
        <translation>Source</translation>
    </message>
    <message>
        <source>大类</source>
        <translation>Group</translation>
    </message>
    <message>
        <source>代码</source>
        <translation>Class</translation>
    </message>
    <message>
        <source>等级</source>
        <translation>Level</translation>
    </message>
    <message>
        <source>适用</source>
        <translation>Holds in</translation>
    </message>
    <message>
        <source>主办</source>
        <translation>Lead</translation>
    </message>
    <message>
        <source>协办</source>
        <translation>Assisting</translation>
    </message>
    <message>
        <source>时限</source>
        <translation>Limits</translation>
    </message>
    <message>
        <source>条件</source>
        <translation>Fits when</translation>
    </message>
    <message>
        <source>任务</source>
        <translation>Tasks</translation>
    </message>
    <message>
        <source>三张清单</source>
        <translation>The three lists</translation>
    </message>
    <message>
        <source>名称、编号或拼音首字母(Ctrl F)</source>
        <translation>Name, id or pinyin initials (Ctrl F)</translation>
    </message>
    <message>
        <source>筛选</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>清单</source>
        <translation>Lists</translation>
    </message>
    <message>
        <source>保存</source>
        <translation>Save</translation>
    </message>
    <message>
        <source>放弃改动</source>
        <translation>Discard changes</translation>
    </message>
    <message>
        <source>新建</source>
        <translation>New</translation>
    </message>
    <message>
        <source>复制</source>
        <translation>Copy</translation>
    </message>
    <message>
        <source>划去</source>
        <translation>Strike off</translation>
    </message>
    <message>
        <source>这一条不再使用;可以恢复</source>
        <translation>This line is used no more; it can be restored</translation>
    </message>
    <message>
        <source>恢复自带</source>
        <translation>Restore</translation>
    </message>
    <message>
        <source>用专题包自带的内容</source>
        <translation>What the pack itself has</translation>
    </message>
    <message>
        <source>导入</source>
        <translation>Import</translation>
    </message>
    <message>
        <source>从 XLSX 导入,先看预览</source>
        <translation>From XLSX, with a preview first</translation>
    </message>
    <message>
        <source>导出</source>
        <translation>Export</translation>
    </message>
    <message>
        <source>三张清单导出为一个 XLSX</source>
        <translation>All three lists to one XLSX</translation>
    </message>
</context>
<context>
    <name>ListsWindow</name>
    <message>
        <source>{year} 年的放假调休还没有收录,工作日暂按周末计算。请更新软件。</source>
        <translation>The public holidays of {year} are not known here yet; working days follow the weekends alone. Update the program.</translation>
    </message>
    <message>
        <source>导出清单</source>
        <translation>Export lists</translation>
    </message>
    <message>
        <source>三张清单.xlsx</source>
        <translation>lists.xlsx</translation>
    </message>
    <message>
        <source>已导出 {n} 行:{file}</source>
        <translation>{n} lines exported: {file}</translation>
    </message>
    <message>
        <source>导入清单</source>
        <translation>Import lists</translation>
    </message>
    <message>
        <source>正在读 {file} …</source>
        <translation>Reading {file} …</translation>
    </message>
    <message>
        <source>已导入 {n} 行</source>
        <translation>{n} lines imported</translation>
    </message>
    <message>
        <source>已导入 {n} 行,未收的 {m} 行在 {file}</source>
        <translation>{n} lines imported; the {m} refused rows are in {file}</translation>
    </message>
    <message>
        <source>三张清单</source>
        <translation>The three lists</translation>
    </message>
</context>
<context>
    <name>LogFilterBar</name>
    <message>
        <source>全部事件</source>
        <translation>All incidents</translation>
    </message>
    <message>
        <source>全部记录人</source>
        <translation>All authors</translation>
    </message>
    <message>
        <source>近 1 小时</source>
        <translation>Last hour</translation>
    </message>
    <message>
        <source>近 12 小时</source>
        <translation>Last 12 hours</translation>
    </message>
    <message>
        <source>今天</source>
        <translation>Today</translation>
    </message>
    <message>
        <source>昨天</source>
        <translation>Yesterday</translation>
    </message>
    <message>
        <source>近 7 天</source>
        <translation>Last 7 days</translation>
    </message>
    <message>
        <source>自定时段</source>
        <translation>Chosen span</translation>
    </message>
    <message>
        <source>全部方式</source>
        <translation>All kinds</translation>
    </message>
    <message>
        <source>全部时间</source>
        <translation>Any time</translation>
    </message>
    <message>
        <source>搜索内容、姓名或拼音首字母</source>
        <translation>Search words, names or pinyin initials</translation>
    </message>
    <message>
        <source>发</source>
        <translation>From</translation>
    </message>
    <message>
        <source>收</source>
        <translation>To</translation>
    </message>
    <message>
        <source>方式</source>
        <translation>Kind</translation>
    </message>
    <message>
        <source>事件</source>
        <translation>Incident</translation>
    </message>
    <message>
        <source>记录人</source>
        <translation>Author</translation>
    </message>
    <message>
        <source>时间</source>
        <translation>Time</translation>
    </message>
    <message>
        <source>起</source>
        <translation>From</translation>
    </message>
    <message>
        <source>止</source>
        <translation>To</translation>
    </message>
</context>
<context>
    <name>LogTable</name>
    <message>
        <source>更正为:{text}({time} {who})</source>
        <translation>Corrected to: {text} ({time} {who})</translation>
    </message>
    <message>
        <source>另一条记录</source>
        <translation>another entry</translation>
    </message>
    <message>
        <source>更正了:{text}</source>
        <translation>Corrects: {text}</translation>
    </message>
    <message>
        <source>△ 时钟被拨慢:同一设备之前已记到 {time}</source>
        <translation>△ The clock was set back: this device had already written at {time}</translation>
    </message>
    <message>
        <source>附件</source>
        <translation>File</translation>
    </message>
</context>
<context>
    <name>LogView</name>
    <message>
        <source>复制</source>
        <translation>Copy</translation>
    </message>
    <message>
        <source>全选</source>
        <translation>Select all</translation>
    </message>
    <message>
        <source>还没有记录</source>
        <translation>Nothing written yet</translation>
    </message>
    <message>
        <source>每次派单、状态和通话都记在这里;按 N 记第一条</source>
        <translation>Every dispatch, status and call is written here; N writes the first</translation>
    </message>
    <message>
        <source>通讯记录</source>
        <translation>Message log</translation>
    </message>
    <message>
        <source>更正:{text}</source>
        <translation>Correction: {text}</translation>
    </message>
</context>
<context>
    <name>LogWindow</name>
    <message>
        <source>通讯记录</source>
        <translation>Message log</translation>
    </message>
</context>
<context>
    <name>LoginDialog</name>
    <message>
        <source>请输入账号</source>
        <translation>Enter your account</translation>
    </message>
    <message>
        <source>请输入密码</source>
        <translation>Enter your password</translation>
    </message>
    <message>
        <source>正在核对…</source>
        <translation>Checking…</translation>
    </message>
    <message>
        <source>登录一屏</source>
        <translation>Sign in to Yiping</translation>
    </message>
    <message>
        <source>一屏</source>
        <translation>Yiping</translation>
    </message>
    <message>
        <source>账号</source>
        <translation>Account</translation>
    </message>
    <message>
        <source>密码</source>
        <translation>Password</translation>
    </message>
    <message>
        <source>登录</source>
        <translation>Sign in</translation>
    </message>
</context>
<context>
    <name>LoopBlock</name>
    <message>
        <source>已并入 {into},在那里办理</source>
        <translation>Merged into {into}; work on that one</translation>
    </message>
    <message>
        <source>去看</source>
        <translation>Go there</translation>
    </message>
    <message>
        <source>不是同一件?</source>
        <translation>Not the same?</translation>
    </message>
    <message>
        <source>拆开</source>
        <translation>Unmerge</translation>
    </message>
    <message>
        <source>挂账中,停表 · {who} {at}:{reason}</source>
        <translation>On hold, clocks stopped · {who} {at}: {reason}</translation>
    </message>
    <message>
        <source> · 已到期({at})</source>
        <translation> · was until {at}</translation>
    </message>
    <message>
        <source> · 至 {at}</source>
        <translation> · until {at}</translation>
    </message>
    <message>
        <source>{kind}申请待审批 · {who} {at}:{reason}</source>
        <translation>{kind} requested · {who} {at}: {reason}</translation>
    </message>
    <message>
        <source>批准</source>
        <translation>Grant</translation>
    </message>
    <message>
        <source>不批准</source>
        <translation>Refuse</translation>
    </message>
    <message>
        <source>{kind}申请已批准 · {who} {at}</source>
        <translation>{kind} granted · {who} {at}</translation>
    </message>
    <message>
        <source>{kind}申请未批准 · {who} {at}</source>
        <translation>{kind} refused · {who} {at}</translation>
    </message>
    <message>
        <source>可能与 {other} 相同({far} m,早 {when})</source>
        <translation>May be the same as {other} ({far} m away, {when} earlier)</translation>
    </message>
    <message>
        <source>可能与 {other} 相同({far} m,晚 {when})</source>
        <translation>May be the same as {other} ({far} m away, {when} later)</translation>
    </message>
    <message>
        <source>合并</source>
        <translation>Merge</translation>
    </message>
    <message>
        <source>不是</source>
        <translation>It is not</translation>
    </message>
    <message>
        <source>含 {other} · {at}</source>
        <translation>Contains {other} · {at}</translation>
    </message>
</context>
<context>
    <name>LoopNotices</name>
    <message>
        <source>撤销</source>
        <translation>Undo</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} s</translation>
    </message>
    <message>
        <source>开机时已有 {n} 项超时</source>
        <translation>{n} limits passed while this desk was off</translation>
    </message>
    <message>
        <source>{n} 项超时</source>
        <translation>{n} overdue</translation>
    </message>
    <message>
        <source>{n} 项将超时</source>
        <translation>{n} due soon</translation>
    </message>
    <message>
        <source>查看</source>
        <translation>Show</translation>
    </message>
</context>
<context>
    <name>MapControls</name>
    <message>
        <source>事件</source>
        <translation>Incidents</translation>
    </message>
    <message>
        <source>力量</source>
        <translation>Units</translation>
    </message>
    <message>
        <source>路线</source>
        <translation>Routes</translation>
    </message>
    <message>
        <source>视频</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>水情</source>
        <translation>Gauges</translation>
    </message>
    <message>
        <source>地名</source>
        <translation>Names</translation>
    </message>
    <message>
        <source>镇界</source>
        <translation>Boundaries</translation>
    </message>
    <message>
        <source>图层</source>
        <translation>Layers</translation>
    </message>
</context>
<context>
    <name>MapView</name>
    <message>
        <source>示意底图</source>
        <translation>Schematic map</translation>
    </message>
    <message>
        <source>地图加载中</source>
        <translation>The map is loading</translation>
    </message>
</context>
<context>
    <name>MessageLog</name>
    <message>
        <source>先选一条记录</source>
        <translation>Choose an entry first</translation>
    </message>
    <message>
        <source>这条记录没有附件</source>
        <translation>This entry has no file</translation>
    </message>
    <message>
        <source>这条记录不关联事件</source>
        <translation>This entry is of no incident</translation>
    </message>
    <message>
        <source>已载入 {n} 条,下翻继续</source>
        <translation>{n} loaded, scroll for more</translation>
    </message>
    <message>
        <source>共 {n} 条</source>
        <translation>{n} entries</translation>
    </message>
    <message>
        <source>正在建索引,还有 {n} 条搜不到</source>
        <translation>indexing, {n} not found by the search yet</translation>
    </message>
    <message>
        <source>没有符合的记录</source>
        <translation>No entry fits</translation>
    </message>
    <message>
        <source>还没有记录</source>
        <translation>Nothing was written yet</translation>
    </message>
    <message>
        <source>换个词,或按 Esc 清除筛选</source>
        <translation>Try another word, or Esc to clear the filters</translation>
    </message>
    <message>
        <source>按 N 记第一条</source>
        <translation>Press N to write the first</translation>
    </message>
    <message>
        <source>通讯记录</source>
        <translation>Message log</translation>
    </message>
    <message>
        <source>搜索</source>
        <translation>Search</translation>
    </message>
    <message>
        <source>记一条</source>
        <translation>Write a note</translation>
    </message>
    <message>
        <source>更正</source>
        <translation>Correct</translation>
    </message>
    <message>
        <source>写一条更正;原记录不变</source>
        <translation>Write a correction; the entry itself stays</translation>
    </message>
    <message>
        <source>打开附件</source>
        <translation>Open file</translation>
    </message>
    <message>
        <source>打开事件</source>
        <translation>Open incident</translation>
    </message>
    <message>
        <source>导出通信日志</source>
        <translation>Export the communications log</translation>
    </message>
    <message>
        <source>导出行动日志</source>
        <translation>Export the activity log</translation>
    </message>
    <message>
        <source>交接班</source>
        <translation>Shift handover</translation>
    </message>
    <message>
        <source>导出交接班记录</source>
        <translation>Export the handover record</translation>
    </message>
</context>
<context>
    <name>MoveBar</name>
    <message>
        <source>不在办理中</source>
        <translation>It is not being worked on</translation>
    </message>
    <message>
        <source>已有申请在等审批</source>
        <translation>A request is already waiting</translation>
    </message>
    <message>
        <source>已经挂账</source>
        <translation>It is on hold</translation>
    </message>
    <message>
        <source>申请{kind}</source>
        <translation>Request: {kind}</translation>
    </message>
    <message>
        <source>办理…</source>
        <translation>All moves…</translation>
    </message>
    <message>
        <source>全部办理动作,不能做的写明原因</source>
        <translation>Every move; what cannot be done says why</translation>
    </message>
    <message>
        <source>办理</source>
        <translation>Moves</translation>
    </message>
</context>
<context>
    <name>NoteBar</name>
    <message>
        <source>不关联事件</source>
        <translation>No incident</translation>
    </message>
    <message>
        <source>更正:{old}</source>
        <translation>Correcting: {old}</translation>
    </message>
    <message>
        <source>发(空为本人)</source>
        <translation>From (empty: me)</translation>
    </message>
    <message>
        <source>收</source>
        <translation>To</translation>
    </message>
    <message>
        <source>内容,回车写入;不可改只可更正</source>
        <translation>What was said; Enter writes it. It is corrected, never changed</translation>
    </message>
    <message>
        <source>方式</source>
        <translation>Kind</translation>
    </message>
    <message>
        <source>事件</source>
        <translation>Incident</translation>
    </message>
    <message>
        <source>写入</source>
        <translation>Write</translation>
    </message>
    <message>
        <source>收起</source>
        <translation>Put away</translation>
    </message>
    <message>
        <source>收起,输入的内容保留</source>
        <translation>Out of the way; what is typed stays</translation>
    </message>
</context>
<context>
    <name>NoteLine</name>
    <message>
        <source>记一条通话、口令或备注,回车写入,不可改只可更正</source>
        <translation>Write a call, an order or a note; Enter keeps it for good</translation>
    </message>
    <message>
        <source>记一条</source>
        <translation>Write</translation>
    </message>
</context>
<context>
    <name>Panel</name>
    <message>
        <source>停靠回窗口</source>
        <translation>Dock again</translation>
    </message>
    <message>
        <source>浮动为独立窗口</source>
        <translation>Float as a window</translation>
    </message>
    <message>
        <source>关闭面板</source>
        <translation>Close the panel</translation>
    </message>
    <message>
        <source>面板菜单</source>
        <translation>Panel menu</translation>
    </message>
</context>
<context>
    <name>PhoneList</name>
    <message>
        <source>电话通知</source>
        <translation>By phone</translation>
    </message>
    <message>
        <source>{n} 个单位没有席位</source>
        <translation>{n} without a desk</translation>
    </message>
    <message>
        <source>已打给 {agency}</source>
        <translation>Called {agency}</translation>
    </message>
    <message>
        <source>没有登记电话</source>
        <translation>no number</translation>
    </message>
    <message>
        <source>未通知</source>
        <translation>Not told</translation>
    </message>
</context>
<context>
    <name>ProposalView</name>
    <message>
        <source>方案</source>
        <translation>Proposal</translation>
    </message>
    <message>
        <source>改方案</source>
        <translation>change</translation>
    </message>
    <message>
        <source>不增派</source>
        <translation>leave it</translation>
    </message>
    <message>
        <source>行程按道路</source>
        <translation>Travel by road</translation>
    </message>
    <message>
        <source>没有路网,行程按直线估算</source>
        <translation>No road graph: travel by straight line</translation>
    </message>
    <message>
        <source>点名增派</source>
        <translation>Called in by name</translation>
    </message>
    <message>
        <source>增派 {level} 级</source>
        <translation>Reinforcement level {level}</translation>
    </message>
    <message>
        <source>自有力量不够,请求支援:{towns}</source>
        <translation>Own units do not suffice; mutual aid: {towns}</translation>
    </message>
    <message>
        <source>主办单位</source>
        <translation>The lead agency</translation>
    </message>
    <message>
        <source>协办。空格:不派;L:改为主办</source>
        <translation>Assists. Space: leave it out; L: make it the lead</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>没有席位,派出后打电话:{each}</source>
        <translation>Without a desk, to be called once sent: {each}</translation>
    </message>
    <message>
        <source>这一级要的力量都已在途或到场</source>
        <translation>Everything this level needs is on its way or there</translation>
    </message>
    <message>
        <source>还有 {n} 个更远或不能派的</source>
        <translation>{n} more, farther away or not to be had</translation>
    </message>
    <message>
        <source>任务 {n} 项</source>
        <translation>{n} tasks</translation>
    </message>
    <message>
        <source>必做</source>
        <translation>required</translation>
    </message>
    <message>
        <source>宜派:{reasons}</source>
        <translation>For: {reasons}</translation>
    </message>
    <message>
        <source>不宜:{reasons}</source>
        <translation>Against: {reasons}</translation>
    </message>
    <message>
        <source>收起未选的</source>
        <translation>Hide those not chosen</translation>
    </message>
    <message>
        <source>另有 {n} 个未选</source>
        <translation>{n} more not chosen</translation>
    </message>
    <message>
        <source>通知 {agency}:{text}</source>
        <translation>To {agency}: {text}</translation>
    </message>
</context>
<context>
    <name>RecordTable</name>
    <message>
        <source>加一行</source>
        <translation>Add</translation>
    </message>
    <message>
        <source>删一行</source>
        <translation>Remove</translation>
    </message>
    <message>
        <source>上移</source>
        <translation>Up</translation>
    </message>
</context>
<context>
    <name>ReportWindow</name>
    <message>
        <source>{code} 事件报告</source>
        <translation>Incident report {code}</translation>
    </message>
    <message>
        <source>打开 PDF</source>
        <translation>Open the PDF</translation>
    </message>
    <message>
        <source>正在生成 PDF…</source>
        <translation>Printing the PDF…</translation>
    </message>
    <message>
        <source>打开所在文件夹</source>
        <translation>Open its folder</translation>
    </message>
</context>
<context>
    <name>ReturnForm</name>
    <message>
        <source>退回要写明原因</source>
        <translation>Say why it is returned</translation>
    </message>
    <message>
        <source>退回</source>
        <translation>Return</translation>
    </message>
    <message>
        <source>原因</source>
        <translation>Reason</translation>
    </message>
    <message>
        <source>收起</source>
        <translation>Leave</translation>
    </message>
</context>
<context>
    <name>SendForm</name>
    <message>
        <source>还没有选单位</source>
        <translation>Nobody is chosen yet</translation>
    </message>
    <message>
        <source>转派要写明原因</source>
        <translation>A transfer needs a reason</translation>
    </message>
    <message>
        <source>吹哨要给报到时限</source>
        <translation>A whistle needs a time to report in</translation>
    </message>
    <message>
        <source>已选 {n}</source>
        <translation>{n} chosen</translation>
    </message>
    <message>
        <source>{name}主办</source>
        <translation>{name} leads</translation>
    </message>
    <message>
        <source>不限</source>
        <translation>no limit</translation>
    </message>
    <message>
        <source> 分钟</source>
        <translation> min</translation>
    </message>
    <message>
        <source>方式</source>
        <translation>How</translation>
    </message>
    <message>
        <source>原单位</source>
        <translation>From</translation>
    </message>
    <message>
        <source>力量</source>
        <translation>Units</translation>
    </message>
    <message>
        <source>单位</source>
        <translation>To</translation>
    </message>
    <message>
        <source>原因</source>
        <translation>Reason</translation>
    </message>
    <message>
        <source>报到</source>
        <translation>Report in</translation>
    </message>
    <message>
        <source>签收</source>
        <translation>Acknowledge</translation>
    </message>
    <message>
        <source>派出</source>
        <translation>Send</translation>
    </message>
    <message>
        <source>上下联动</source>
        <translation>Hand on</translation>
    </message>
    <message>
        <source>收起</source>
        <translation>Leave</translation>
    </message>
</context>
<context>
    <name>ServiceKeys</name>
    <message>
        <source>已收回,立即失效。</source>
        <translation>Withdrawn; it opens nothing any more.</translation>
    </message>
    <message>
        <source>接入密钥</source>
        <translation>Service keys</translation>
    </message>
</context>
<context>
    <name>SettingsWindow</name>
    <message>
        <source>已保存。{names}:重新打开一屏后生效。</source>
        <translation>Saved. From the next start: {names}.</translation>
    </message>
    <message>
        <source>已保存。</source>
        <translation>Saved.</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>设置</source>
        <translation>Settings</translation>
    </message>
    <message>
        <source>{help}(重新打开后生效)</source>
        <translation>{help} (from the next start)</translation>
    </message>
    <message>
        <source>保存</source>
        <translation>Save</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
</context>
<context>
    <name>SituationForm</name>
    <message>
        <source>{name} 必填</source>
        <translation>{name} (required)</translation>
    </message>
    <message>
        <source>比{kind} {time} 改了 {n} 项</source>
        <translation>{n} changed since the {kind} of {time}</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>还缺 {names}</source>
        <translation>Still lacks: {names}</translation>
    </message>
    <message>
        <source>还没有写报给谁</source>
        <translation>Say whom it goes to</translation>
    </message>
    <message>
        <source>上次:{text}</source>
        <translation>Last time: {text}</translation>
    </message>
    <message>
        <source>没有写</source>
        <translation>nothing</translation>
    </message>
    <message>
        <source>信息报告</source>
        <translation>Reports upwards</translation>
    </message>
    <message>
        <source>类别</source>
        <translation>Kind</translation>
    </message>
    <message>
        <source>方式</source>
        <translation>How</translation>
    </message>
    <message>
        <source>报给</source>
        <translation>To</translation>
    </message>
    <message>
        <source>书面</source>
        <translation>in writing</translation>
    </message>
    <message>
        <source>电话</source>
        <translation>by phone</translation>
    </message>
    <message>
        <source>上报</source>
        <translation>Report</translation>
    </message>
    <message>
        <source>收起</source>
        <translation>Leave</translation>
    </message>
</context>
<context>
    <name>SituationWindow</name>
    <message>
        <source>信息报告</source>
        <translation>Reports upwards</translation>
    </message>
</context>
<context>
    <name>SparklineBoard</name>
    <message>
        <source>指标</source>
        <translation>Indicators</translation>
    </message>
    <message>
        <source>停更</source>
        <translation>Stale</translation>
    </message>
    <message>
        <source>涨落比一小时前</source>
        <translation>Change over the last hour</translation>
    </message>
    <message>
        <source>无数据</source>
        <translation>No data</translation>
    </message>
    <message>
        <source>持平</source>
        <translation>level</translation>
    </message>
    <message>
        <source>没有读数</source>
        <translation>No readings</translation>
    </message>
    <message>
        <source>专题包里的指标,有了读数就显示在这里</source>
        <translation>The indicators of the topic pack appear here once they have readings</translation>
    </message>
    <message>
        <source>正在读取…</source>
        <translation>Reading…</translation>
    </message>
</context>
<context>
    <name>StageTrack</name>
    <message>
        <source>阶段:{stage}</source>
        <translation>Stage: {stage}</translation>
    </message>
</context>
<context>
    <name>Standing</name>
    <message>
        <source>知道了</source>
        <translation>Got it</translation>
    </message>
    <message>
        <source>平台不接受登录:{why} 本机照常工作。</source>
        <translation>The platform refuses the sign-in: {why} This desk works on.</translation>
    </message>
    <message>
        <source>与平台的连接已中断(自 {since})。一切照常,{count} 条待上传,恢复后自动补传。</source>
        <translation>The link to the platform is down (since {since}). Everything goes on; {count} operations wait and will be sent when it is back.</translation>
    </message>
    <message>
        <source>启动模拟平台</source>
        <translation>Start the simulated platform</translation>
    </message>
</context>
<context>
    <name>TaskList</name>
    <message>
        <source>必做</source>
        <translation>required</translation>
    </message>
</context>
<context>
    <name>TileGrid</name>
    <message>
        <source>视频</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>这里显示选中事件附近的实时视频</source>
        <translation>Live video near the chosen incident is shown here</translation>
    </message>
    <message>
        <source>选中一个事件或告警,或在地图上点选摄像机</source>
        <translation>Choose an incident or alarm, or click a camera on the map</translation>
    </message>
</context>
<context>
    <name>TimerList</name>
    <message>
        <source>时限:{all}</source>
        <translation>Limits: {all}</translation>
    </message>
    <message>
        <source>已升级</source>
        <translation>escalated</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>EN</source>
        <translation>中</translation>
    </message>
    <message>
        <source>切换语言</source>
        <translation>Change language</translation>
    </message>
    <message>
        <source>菜单  F10</source>
        <translation>Menu  F10</translation>
    </message>
    <message>
        <source>菜单</source>
        <translation>Menu</translation>
    </message>
    <message>
        <source>已连接</source>
        <translation>connected</translation>
    </message>
    <message>
        <source>未连接</source>
        <translation>not connected</translation>
    </message>
    <message>
        <source>连接中</source>
        <translation>connecting</translation>
    </message>
    <message>
        <source>已断开</source>
        <translation>cut</translation>
    </message>
</context>
<context>
    <name>UnitBoard</name>
    <message>
        <source>力量</source>
        <translation>Units</translation>
    </message>
    <message>
        <source>正在读取…</source>
        <translation>Reading…</translation>
    </message>
    <message>
        <source>没有符合“{query}”的力量</source>
        <translation>No unit matches “{query}”</translation>
    </message>
    <message>
        <source>按 Esc 清除筛选</source>
        <translation>Esc clears the filter</translation>
    </message>
    <message>
        <source>没有力量</source>
        <translation>No units</translation>
    </message>
    <message>
        <source>专题包里的 units 表写有哪些力量,就显示哪些</source>
        <translation>What the topic pack’s units file names is shown here</translation>
    </message>
    <message>
        <source>执行任务</source>
        <translation>On a task</translation>
    </message>
    <message>
        <source>预计 {time}</source>
        <translation>ETA {time}</translation>
    </message>
    <message>
        <source>没有定位</source>
        <translation>No position</translation>
    </message>
    <message>
        <source>定位 {ago}</source>
        <translation>Position {ago}</translation>
    </message>
</context>
<context>
    <name>VideoTile</name>
    <message>
        <source>空画面</source>
        <translation>Empty</translation>
    </message>
    <message>
        <source>未选摄像机</source>
        <translation>No camera</translation>
    </message>
    <message>
        <source>未播放</source>
        <translation>Not playing</translation>
    </message>
    <message>
        <source>正在连接</source>
        <translation>Connecting</translation>
    </message>
    <message>
        <source>实时</source>
        <translation>Live</translation>
    </message>
    <message>
        <source>画面停滞</source>
        <translation>Picture stalled</translation>
    </message>
    <message>
        <source>离线</source>
        <translation>Offline</translation>
    </message>
    <message>
        <source>无权查看</source>
        <translation>No permission</translation>
    </message>
    <message>
        <source>在地图或列表中点选一路,画面显示在这里</source>
        <translation>Choose a camera on the map or list to see it here</translation>
    </message>
    <message>
        <source>正在重连</source>
        <translation>Reconnecting</translation>
    </message>
    <message>
        <source>自 {time} 起 · 正在重连</source>
        <translation>since {time} · reconnecting</translation>
    </message>
    <message>
        <source>最后画面 {time}</source>
        <translation>Last picture {time}</translation>
    </message>
    <message>
        <source>请向平台管理员申请权限</source>
        <translation>Ask the platform’s administrator for access</translation>
    </message>
</context>
<context>
    <name>WallHeader</name>
    <message>
        <source>应急响应</source>
        <translation>Response</translation>
    </message>
    <message>
        <source>进行中</source>
        <translation>Open</translation>
    </message>
    <message>
        <source>超时</source>
        <translation>Overdue</translation>
    </message>
    <message>
        <source>在岗力量</source>
        <translation>On duty</translation>
    </message>
</context>
<context>
    <name>_Brand</name>
    <message>
        <source>一屏</source>
        <translation>Yiping</translation>
    </message>
</context>
<context>
    <name>_Empty</name>
    <message>
        <source>没有选中事件</source>
        <translation>No incident chosen</translation>
    </message>
    <message>
        <source>在事件列表里选一个、确认一条告警,或按 Ctrl+N 接报</source>
        <translation>Select one in the list, confirm an alarm, or take a call with Ctrl+N</translation>
    </message>
</context>
<context>
    <name>_Head</name>
    <message>
        <source>待裁定</source>
        <translation>Undecided</translation>
    </message>
    <message>
        <source>分歧</source>
        <translation>Conflict</translation>
    </message>
</context>
<context>
    <name>_Inbox</name>
    <message>
        <source>待处理</source>
        <translation>Inbox</translation>
    </message>
    <message>
        <source>{count} 条没有被平台接收,按 F6 处理</source>
        <translation>{count} were not taken by the platform; F6 opens them</translation>
    </message>
</context>
<context>
    <name>_Status</name>
    <message>
        <source>平台</source>
        <translation>Platform</translation>
    </message>
    <message>
        <source>连接中</source>
        <translation>connecting</translation>
    </message>
    <message>
        <source>待上传</source>
        <translation>To send</translation>
    </message>
    <message>
        <source>值班</source>
        <translation>Officer</translation>
    </message>
</context>
<context>
    <name>alarm_banner</name>
    <message>
        <source>{level}告警未确认:{what}</source>
        <translation>{level} alarm not confirmed: {what}</translation>
    </message>
    <message>
        <source>共 {n} 条</source>
        <translation>{n} in all</translation>
    </message>
</context>
<context>
    <name>badge</name>
    <message>
        <source>演练</source>
        <translation>Drill</translation>
    </message>
    <message>
        <source>模拟</source>
        <translation>Simulated</translation>
    </message>
</context>
<context>
    <name>calls</name>
    <message>
        <source>同一号码</source>
        <translation>same number</translation>
    </message>
    <message>
        <source>主办 {agency}</source>
        <translation>Lead {agency}</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>协办 {agencies}</source>
        <translation>assisted by {agencies}</translation>
    </message>
    <message>
        <source>没有接报的权限</source>
        <translation>No right to take calls</translation>
    </message>
    <message>
        <source>{n} 个在接</source>
        <translation>{n} being taken</translation>
    </message>
    <message>
        <source>{who} 已接这个来电({state}){code}</source>
        <translation>{who} has this call ({state}){code}</translation>
    </message>
    <message>
        <source>没有说清是什么事,请接听</source>
        <translation>It is not clear what it is: answer it</translation>
    </message>
    <message>
        <source>没有位置,请接听后定位</source>
        <translation>It has no position: answer and place it</translation>
    </message>
    <message>
        <source>没有来电</source>
        <translation>No call rings</translation>
    </message>
    <message>
        <source>没有搁置的来电</source>
        <translation>No call was put aside</translation>
    </message>
    <message>
        <source>接报</source>
        <translation>Take a call</translation>
    </message>
    <message>
        <source>接着办搁置的来电</source>
        <translation>Go on with a call put aside</translation>
    </message>
    <message>
        <source>接听来电</source>
        <translation>Answer the call</translation>
    </message>
</context>
<context>
    <name>commands</name>
    <message>
        <source>还有 {n} 项:再输入几个字</source>
        <translation>{n} more: type a few more letters</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>命令</source>
        <translation>Command</translation>
    </message>
    <message>
        <source>记一条:{text}</source>
        <translation>Write: {text}</translation>
    </message>
    <message>
        <source>通讯记录</source>
        <translation>Message log</translation>
    </message>
    <message>
        <source>事件</source>
        <translation>Incidents</translation>
    </message>
    <message>
        <source>力量</source>
        <translation>Units</translation>
    </message>
    <message>
        <source>视频</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>指标</source>
        <translation>Indicators</translation>
    </message>
</context>
<context>
    <name>keys</name>
    <message>
        <source>命令行,也可按 Ctrl+K</source>
        <translation>Command line, also Ctrl+K</translation>
    </message>
    <message>
        <source>退一步:输入框、面板、列表、告警</source>
        <translation>One step back: field, panel, list, alarms</translation>
    </message>
    <message>
        <source>去面板</source>
        <translation>Go to a panel</translation>
    </message>
    <message>
        <source>事件</source>
        <translation>Incident</translation>
    </message>
    <message>
        <source>记录</source>
        <translation>Log</translation>
    </message>
    <message>
        <source>文书</source>
        <translation>Documents</translation>
    </message>
    <message>
        <source>中心</source>
        <translation>Centre</translation>
    </message>
    <message>
        <source>视图</source>
        <translation>View</translation>
    </message>
    <message>
        <source>帮助</source>
        <translation>Help</translation>
    </message>
    <message>
        <source>菜单</source>
        <translation>Menu</translation>
    </message>
    <message>
        <source>窗口</source>
        <translation>Window</translation>
    </message>
</context>
<context>
    <name>language</name>
    <message>
        <source>zh</source>
        <translation>en</translation>
    </message>
</context>
<context>
    <name>levels</name>
    <message>
        <source>已结案</source>
        <translation>It is closed</translation>
    </message>
    <message>
        <source>由管辖这个事件的中心办理</source>
        <translation>Handled by the centre of its area</translation>
    </message>
</context>
<context>
    <name>loop</name>
    <message>
        <source>{m} 分 {s} 秒</source>
        <translation>{m} min {s} s</translation>
    </message>
    <message>
        <source>本机时钟被拨快了 {how}。时限按新的时间计算,请核对。</source>
        <translation>This machine&apos;s clock was set {how} ahead. Limits follow the new time; please check it.</translation>
    </message>
    <message>
        <source>本机时钟被拨慢了 {how}。时限按新的时间计算,请核对。</source>
        <translation>This machine&apos;s clock was set {how} back. Limits follow the new time; please check it.</translation>
    </message>
    <message>
        <source>这里有几个可选的。请在事件面板里点选其中一个。</source>
        <translation>There are several. Click the one that is meant in the incident&apos;s panel.</translation>
    </message>
    <message>
        <source>没有可以撤销的操作</source>
        <translation>There is nothing to take back</translation>
    </message>
    <message>
        <source>事件:{move}</source>
        <translation>Incident: {move}</translation>
    </message>
    <message>
        <source>申请{kind}</source>
        <translation>Request: {kind}</translation>
    </message>
    <message>
        <source>批准申请</source>
        <translation>Grant the request</translation>
    </message>
    <message>
        <source>不批准申请</source>
        <translation>Refuse the request</translation>
    </message>
    <message>
        <source>合并疑似重复</source>
        <translation>Merge the likely duplicate</translation>
    </message>
    <message>
        <source>不是重复</source>
        <translation>Not a duplicate</translation>
    </message>
    <message>
        <source>拆开合并</source>
        <translation>Unmerge</translation>
    </message>
    <message>
        <source>按等级、按时限、只看超时</source>
        <translation>By level, by time, only overdue</translation>
    </message>
    <message>
        <source>撤销刚才的操作</source>
        <translation>Undo what was just done</translation>
    </message>
</context>
<context>
    <name>notices</name>
    <message>
        <source>{h} 小时 {m} 分</source>
        <translation>{h} h {m} min</translation>
    </message>
    <message>
        <source>{m} 分 {s} 秒</source>
        <translation>{m} min {s} s</translation>
    </message>
    <message>
        <source>本机时钟比平台慢 {how}。先后以平台收到为准,请校时。</source>
        <translation>This desk&apos;s clock is {how} behind the platform&apos;s. The platform&apos;s order counts; set the clock.</translation>
    </message>
    <message>
        <source>本机时钟比平台快 {how}。先后以平台收到为准,请校时。</source>
        <translation>This desk&apos;s clock is {how} ahead of the platform&apos;s. The platform&apos;s order counts; set the clock.</translation>
    </message>
    <message>
        <source>您的范围已改变,{n} 条记录已移出本台。</source>
        <translation>Your scope has changed; {n} records have left this desk.</translation>
    </message>
    <message>
        <source>平台已恢复到较早的备份,本台正在重新送上此后的操作。</source>
        <translation>The platform was restored from an earlier backup; this desk is sending again what came after.</translation>
    </message>
    <message>
        <source>{old} 改为 {new}</source>
        <translation>{old} is now {new}</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>别的席位断网时也用了同一编号,以先到平台的为准:{said}。</source>
        <translation>Another desk gave the same number while the link was down, and reached the platform first: {said}.</translation>
    </message>
    <message>
        <source>本台数据是从别的席位拷贝来的,已换新编号。</source>
        <translation>This desk&apos;s data was copied from another desk; it now has a number of its own.</translation>
    </message>
</context>
<context>
    <name>present</name>
    <message>
        <source>待裁定</source>
        <translation>Undecided</translation>
    </message>
    <message>
        <source>{title}(含 {codes})</source>
        <translation>{title} (with {codes})</translation>
    </message>
</context>
<context>
    <name>situation</name>
    <message>
        <source>{name}到场</source>
        <translation>{name} on scene</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
</context>
<context>
    <name>times</name>
    <message>
        <source>{days} 天 {hours} 时</source>
        <translation>{days} d {hours} h</translation>
    </message>
    <message>
        <source>{hours} 小时</source>
        <translation>{hours} h</translation>
    </message>
    <message>
        <source>{hours} 时 {minutes} 分</source>
        <translation>{hours} h {minutes} min</translation>
    </message>
    <message>
        <source>超时 {time}</source>
        <translation>{time} over</translation>
    </message>
    <message>
        <source>余 {time}</source>
        <translation>{time} left</translation>
    </message>
    <message>
        <source>{n} 秒前</source>
        <translation>{n} s ago</translation>
    </message>
    <message>
        <source>{n} 分钟前</source>
        <translation>{n} min ago</translation>
    </message>
    <message>
        <source>{n} 小时前</source>
        <translation>{n} h ago</translation>
    </message>
    <message>
        <source>{n} 天前</source>
        <translation>{n} d ago</translation>
    </message>
    <message>
        <source>不到 1 分钟</source>
        <translation>under a minute</translation>
    </message>
    <message>
        <source>{n} 分钟</source>
        <translation>{n} min</translation>
    </message>
    <message>
        <source>{h} 小时 {m} 分</source>
        <translation>{h} h {m} min</translation>
    </message>
    <message>
        <source>{n} 天</source>
        <translation>{n} d</translation>
    </message>
</context>
<context>
    <name>undo</name>
    <message>
        <source>{code} 已{what}</source>
        <translation>{code}: “{what}” done</translation>
    </message>
    <message>
        <source>{code} {who} 已记“{status}”</source>
        <translation>{code} {who}: “{status}” noted</translation>
    </message>
    <message>
        <source>{code} 已完成:{task}</source>
        <translation>{code} done: {task}</translation>
    </message>
    <message>
        <source>{code} 改为未完成:{task}</source>
        <translation>{code} not done: {task}</translation>
    </message>
    <message>
        <source>告警 {title} {state}</source>
        <translation>Alarm {title}: {state}</translation>
    </message>
    <message>
        <source>{code} 已并入 {into}</source>
        <translation>{code} merged into {into}</translation>
    </message>
</context>
</TS>
