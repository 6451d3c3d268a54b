// A first program on a mesh, in Go with go-amqp. README.md of the bundle tells what there is to try.
//
//	./sample send CHANNEL [TEXT] [--count N]
//	./sample receive CHANNEL [--count N]
//	./sample request CHANNEL [TEXT] [--count N]
//	./sample serve CHANNEL [--count N]
//
// It connects to the first endpoint that answers, and to the next one when that is lost. Exit codes: 0 done, 1 a message was rejected,
// 2 wrong words or files, 3 the channel was refused, 4 no endpoint takes the connection.
package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/go-amqp"
)

// Bundle is connection.json.
type Bundle struct {
	Application   string
	Endpoints     []Endpoint
	Ca, Cert, Key string
	Channels      []struct {
		Channel string
		May     []string
	}
}

// Endpoint is a router to connect to.
type Endpoint struct {
	Router, Host string
	Port         int
}

func say(format string, values ...any) { fmt.Fprintf(os.Stderr, format+"\n", values...) }

func path(name string) string {
	folder := os.Getenv("WEFT_BUNDLE")
	if folder == "" {
		folder = filepath.Join("..", "..")
	}
	return filepath.Join(folder, name)
}

func readBundle() Bundle {
	var bundle Bundle
	text, err := os.ReadFile(path("connection.json"))
	if err == nil {
		err = json.Unmarshal(text, &bundle)
	}
	if err != nil {
		say("%v: run it in its folder, or name the bundle by WEFT_BUNDLE", err)
		os.Exit(2)
	}
	return bundle
}

// --- the connection ------------------------------------------------------------------------------------------------------

// readTLS reads the files, each time: the certificate may have been renewed. Routers end the connection without a reason when they do
// not take it, so it is judged here.
func readTLS(bundle Bundle) (*tls.Config, error) {
	certificate, err := tls.LoadX509KeyPair(path(bundle.Cert), path(bundle.Key))
	ca, caErr := os.ReadFile(path(bundle.Ca))
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	if err == nil {
		err = caErr
	}
	if err != nil {
		say("%v: run it in its folder, or name the bundle by WEFT_BUNDLE", err)
		os.Exit(2)
	}
	own, err := x509.ParseCertificate(certificate.Certificate[0])
	if err == nil {
		usages := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		_, err = own.Verify(x509.VerifyOptions{Roots: pool, KeyUsages: usages})
	}
	return &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, err
}

// connect gives the connection to the first endpoint that takes us; nil when none does.
func connect(ctx context.Context, bundle Bundle) *amqp.Conn {
	config, err := readTLS(bundle)
	if err != nil {
		say("cert.pem: %v; a new one is made by: weft mesh bundle %s", err, bundle.Application)
		return nil
	}
	for _, endpoint := range bundle.Endpoints {
		place := fmt.Sprintf("%s (%s:%d)", endpoint.Router, endpoint.Host, endpoint.Port)
		limited, cancel := context.WithTimeout(ctx, 10*time.Second)
		connection, err := amqp.Dial(limited, fmt.Sprintf("amqps://%s:%d", endpoint.Host, endpoint.Port), &amqp.ConnOptions{
			ContainerID: bundle.Application + "-" + randomID(),
			SASLType:    amqp.SASLTypeExternal(""), // we are who our certificate says
			TLSConfig:   config.Clone(),
			IdleTimeout: 10 * time.Second, // a router that is silent for so long is lost
		})
		cancel()
		if err == nil {
			say("connected to %s", place)
			return connection
		}
		say("%s: %v", place, describe(err))
	}
	return nil
}

func randomID() string {
	bytes := make([]byte, 4)
	if _, err := rand.Read(bytes); err != nil {
		panic(err)
	}
	return hex.EncodeToString(bytes)
}

// isLost tells whether the connection is gone, so that another endpoint may do.
func isLost(err error) bool {
	var connection *amqp.ConnError
	var session *amqp.SessionError
	return errors.As(err, &connection) || errors.As(err, &session)
}

func describe(err error) string {
	var remote *amqp.Error
	if !errors.As(err, &remote) {
		return err.Error()
	}
	// A refusal says by which rule of the policy.
	var rules []string
	for name, value := range remote.Info {
		rules = append(rules, fmt.Sprintf("%s %v", name, value))
	}
	sort.Strings(rules)
	text := fmt.Sprintf("%s: %s", remote.Condition, remote.Description)
	if len(rules) > 0 {
		text += " (" + strings.Join(rules, ", ") + ")"
	}
	return text
}

// --- what it does: each goes on where it was when the connection was lost --------------------------------------------------

// Work is what is to be done, and how much of it is.
type Work struct {
	channel, text, run string
	count              int // 0: until Ctrl-C
	done, rejected     int
}

func (work *Work) isOver() bool { return work.count > 0 && work.done >= work.count }

// message is the next one, always with the same id: a consumer that gets it twice can tell.
func (work *Work) message() *amqp.Message {
	text := work.text
	if work.count > 1 {
		text = fmt.Sprintf("%s %d", text, work.done+1)
	}
	id := fmt.Sprintf("%s-%d", work.run, work.done+1)
	return &amqp.Message{Value: text, Properties: &amqp.MessageProperties{MessageID: id}}
}

func bodyOf(message *amqp.Message) string {
	if data := message.GetData(); data != nil {
		return string(data)
	}
	return fmt.Sprint(message.Value)
}

// deliver sends until there is an outcome that is final: "accepted", or "rejected: …".
func deliver(ctx context.Context, sender *amqp.Sender, what string, message *amqp.Message) (string, error) {
	for {
		receipt, err := sender.SendWithReceipt(ctx, message, nil) // waits for credit: it comes when there is a consumer
		if err != nil {
			return "", err
		}
		state, err := receipt.Wait(ctx)
		if err != nil {
			return "", err
		}
		outcome := "modified"
		switch state := state.(type) {
		case *amqp.StateAccepted:
			return "accepted", nil
		case *amqp.StateRejected:
			if state.Error == nil {
				return "rejected", nil
			}
			return "rejected: " + describe(state.Error), nil
		case *amqp.StateReleased:
			outcome = "released"
		}
		// Nobody got it, or it is in doubt whether somebody did.
		fmt.Printf("%s: %s; again in a second\n", what, outcome)
		time.Sleep(time.Second)
	}
}

func send(ctx context.Context, session *amqp.Session, work *Work) error {
	sender, err := session.NewSender(ctx, work.channel, nil)
	for err == nil && !work.isOver() {
		var outcome string
		what := fmt.Sprintf("sent %d", work.done+1)
		if outcome, err = deliver(ctx, sender, what, work.message()); err == nil {
			fmt.Printf("%s: %s\n", what, outcome)
			work.finish(outcome)
		}
	}
	return err
}

func (work *Work) finish(outcome string) {
	work.done++
	if outcome != "accepted" {
		work.rejected++
	}
}

func request(ctx context.Context, session *amqp.Session, work *Work) error {
	// The router makes up an address for the answers: nobody has to agree on one.
	answers, err := session.NewReceiver(ctx, "", &amqp.ReceiverOptions{DynamicAddress: true, Credit: 10})
	if err != nil {
		return err
	}
	sender, err := session.NewSender(ctx, work.channel, nil)
	for err == nil && !work.isOver() {
		message := work.message()
		replyTo := answers.Address()
		message.Properties.ReplyTo = &replyTo
		what := fmt.Sprintf("request %d", work.done+1)
		outcome, failure := deliver(ctx, sender, what, message)
		if failure != nil {
			return failure
		}
		if outcome != "accepted" {
			fmt.Printf("%s: %s\n", what, outcome)
			work.finish(outcome)
			continue
		}
		answer, failure := answerTo(ctx, answers, message.Properties.MessageID)
		if failure != nil {
			return failure
		}
		if answer == nil {
			fmt.Printf("%s: no reply in 10 seconds; again\n", what)
			continue
		}
		fmt.Printf("reply %d: %s\n", work.done+1, bodyOf(answer))
		work.finish(outcome)
	}
	return err
}

// answerTo gives nil when there is none in time. Routers keep nothing: an answer may be lost with a router on its way.
func answerTo(ctx context.Context, answers *amqp.Receiver, id any) (*amqp.Message, error) {
	limited, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		answer, err := answers.Receive(limited, nil)
		if err != nil {
			if ctx.Err() == nil && limited.Err() != nil {
				return nil, nil
			}
			return nil, err
		}
		if err := answers.AcceptMessage(ctx, answer); err != nil {
			return nil, err
		}
		if answer.Properties != nil && answer.Properties.CorrelationID == id {
			return answer, nil
		}
	}
}

// consume takes no more messages than it is to take.
func consume(ctx context.Context, session *amqp.Session, work *Work, handle func(*amqp.Message) error) error {
	receiver, err := session.NewReceiver(ctx, work.channel, &amqp.ReceiverOptions{Credit: -1}) // given below
	for err == nil && !work.isOver() {
		if err = receiver.IssueCredit(1); err != nil {
			break
		}
		var message *amqp.Message
		if message, err = receiver.Receive(ctx, nil); err != nil {
			break
		}
		if err = receiver.AcceptMessage(ctx, message); err == nil {
			err = handle(message)
			work.done++
		}
	}
	return err
}

func receive(ctx context.Context, session *amqp.Session, work *Work) error {
	return consume(ctx, session, work, func(message *amqp.Message) error {
		fmt.Printf("received %d: %s\n", work.done+1, bodyOf(message))
		return nil
	})
}

func serve(ctx context.Context, session *amqp.Session, work *Work) error {
	answers, err := session.NewSender(ctx, "", nil) // each answer says where it goes
	if err != nil {
		return err
	}
	return consume(ctx, session, work, func(message *amqp.Message) error {
		fmt.Printf("answered %d: %s\n", work.done+1, bodyOf(message))
		if message.Properties == nil || message.Properties.ReplyTo == nil {
			return nil
		}
		properties := amqp.MessageProperties{To: message.Properties.ReplyTo, CorrelationID: message.Properties.MessageID}
		receipt, err := answers.SendWithReceipt(ctx, &amqp.Message{Value: bodyOf(message), Properties: &properties}, nil)
		if err == nil {
			_, err = receipt.Wait(ctx) // whoever asked may be gone: whatever became of it is well
		}
		return err
	})
}

var verbs = map[string]func(context.Context, *amqp.Session, *Work) error{
	"send": send, "receive": receive, "request": request, "serve": serve,
}

func readWords(bundle Bundle) (string, *Work) {
	var words []string
	count, isWell := 0, true
	args := os.Args[1:]
	for i := 0; i < len(args); i++ {
		if args[i] != "--count" {
			words = append(words, args[i])
			continue
		}
		i++
		var err error
		if i == len(args) {
			isWell = false
		} else if count, err = strconv.Atoi(args[i]); err != nil || count < 1 {
			isWell = false
		}
	}
	isTold := len(words) > 0 && (words[0] == "send" || words[0] == "request")
	isWell = isWell && (len(words) == 2 || (isTold && len(words) == 3))
	if !isWell || verbs[words[0]] == nil {
		say("usage: sample send|request CHANNEL [TEXT] [--count N], or receive|serve CHANNEL [--count N]")
		for _, one := range bundle.Channels {
			say("  %s  %s", one.Channel, strings.Join(one.May, ", "))
		}
		os.Exit(2)
	}
	work := &Work{channel: words[1], text: "hello", run: randomID(), count: count}
	if len(words) == 3 {
		work.text = words[2]
	}
	if isTold && count == 0 {
		work.count = 1
	}
	return words[0], work
}

func run() int {
	bundle := readBundle()
	verb, work := readWords(bundle)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	for isFirst := true; ctx.Err() == nil; isFirst = false {
		connection := connect(ctx, bundle)
		if connection == nil {
			if isFirst {
				return 4
			}
			time.Sleep(time.Second)
			continue
		}
		session, err := connection.NewSession(ctx, nil)
		if err == nil {
			err = verbs[verb](ctx, session, work)
		}
		if err == nil || ctx.Err() != nil {
			_ = connection.Close() // what was accepted is told before
			break
		}
		_ = connection.Close()
		if !isLost(err) {
			say("refused: %s", describe(err))
			return 3
		}
		say("connection lost: %s", describe(err))
		time.Sleep(time.Second)
	}
	if work.rejected > 0 {
		return 1
	}
	return 0
}

func main() { os.Exit(run()) }
