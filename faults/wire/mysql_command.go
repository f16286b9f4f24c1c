package wire

import "fmt"

// Command bytes of MySQL.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_command_phase.html
const (
	ComQuit             byte = 0x01
	ComInitDB           byte = 0x02
	ComQuery            byte = 0x03
	ComFieldList        byte = 0x04
	ComStatistics       byte = 0x09
	ComDebug            byte = 0x0d
	ComPing             byte = 0x0e
	ComChangeUser       byte = 0x11
	ComStmtPrepare      byte = 0x16
	ComStmtExecute      byte = 0x17
	ComStmtSendLongData byte = 0x18
	ComStmtClose        byte = 0x19
	ComStmtReset        byte = 0x1a
	ComSetOption        byte = 0x1b
	ComStmtFetch        byte = 0x1c
	ComResetConnection  byte = 0x1f
)

// answer is the form of a command's reply.
type answer uint8

const (
	answerUnknown  answer = iota
	answerNone            // the command is silent
	answerStatus          // one OK, EOF or ERR packet
	answerText            // one packet of any content
	answerResults         // OK, or result sets
	answerRows            // packets up to one that ends a result set
	answerPrepared        // the head of a prepared statement, and its definitions
	answerAuth            // a step of the connection phase
)

type command struct {
	name   string
	answer answer
}

var commands = [...]command{
	ComQuit:             {"COM_QUIT", answerNone},
	ComInitDB:           {"COM_INIT_DB", answerStatus},
	ComQuery:            {"COM_QUERY", answerResults},
	ComFieldList:        {"COM_FIELD_LIST", answerRows},
	ComStatistics:       {"COM_STATISTICS", answerText},
	ComDebug:            {"COM_DEBUG", answerStatus},
	ComPing:             {"COM_PING", answerStatus},
	ComChangeUser:       {"COM_CHANGE_USER", answerAuth},
	ComStmtPrepare:      {"COM_STMT_PREPARE", answerPrepared},
	ComStmtExecute:      {"COM_STMT_EXECUTE", answerResults},
	ComStmtSendLongData: {"COM_STMT_SEND_LONG_DATA", answerNone},
	ComStmtClose:        {"COM_STMT_CLOSE", answerNone},
	ComStmtReset:        {"COM_STMT_RESET", answerStatus},
	ComSetOption:        {"COM_SET_OPTION", answerStatus},
	ComStmtFetch:        {"COM_STMT_FETCH", answerRows},
	ComResetConnection:  {"COM_RESET_CONNECTION", answerStatus},
}

func lookUp(cmd byte) command {
	if int(cmd) < len(commands) {
		return commands[cmd]
	}
	return command{}
}

// CommandName returns the name of a MySQL command byte, or its value if a session cannot follow it.
func CommandName(cmd byte) string {
	if name := lookUp(cmd).name; name != "" {
		return name
	}
	return fmt.Sprintf("COM_0x%02x", cmd)
}
