// A first program on a mesh, in Java with Qpid JMS. README.md of the bundle tells what there is to try.
//
//   java -jar target/sample.jar send CHANNEL [TEXT] [--count N]
//   java -jar target/sample.jar receive CHANNEL [--count N]
//   java -jar target/sample.jar request CHANNEL [TEXT] [--count N]
//   java -jar target/sample.jar serve CHANNEL [--count N]
//
// It connects to the first endpoint that answers, and to the next one when that is lost. Exit codes: 0 done, 1 a message was rejected,
// 2 wrong words or files, 3 the channel was refused, 4 no endpoint takes the connection.
import com.google.gson.Gson;
import jakarta.jms.BytesMessage;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.qpid.jms.JmsConnection;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.apache.qpid.jms.provider.exceptions.ProviderDeliveryModifiedException;
import org.apache.qpid.jms.provider.exceptions.ProviderDeliveryReleasedException;

public final class Sample {
    /** connection.json */
    record Bundle(String application, List<Endpoint> endpoints, String ca, String cert, String key, List<Channel> channels) {}

    record Endpoint(String router, String host, int port) {}

    record Channel(String channel, List<String> may) {}

    /** The connection, or the router that it led to, is gone: another endpoint may do. */
    static final class Lost extends Exception {
        Lost(String reason) {
            super(reason);
        }
    }

    private static final Path folder = Path.of(Objects.requireNonNullElse(System.getenv("WEFT_BUNDLE"), "../.."));
    private static final char[] password = "of a key store in memory".toCharArray();

    private final Bundle bundle;
    private final String channel;
    private final String text;
    private final int count;
    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private int done = 0;
    private int rejected = 0;
    private volatile JmsConnection connection;
    private volatile boolean isStopped = false;
    private static volatile int exitCode = 0;

    private Sample(Bundle bundle, String channel, String text, int count) {
        this.bundle = bundle;
        this.channel = channel;
        this.text = text;
        this.count = count;
    }

    // --- the connection ------------------------------------------------------------------------------------------------

    /** The first endpoint that takes us; null when none does. */
    private JmsConnection connect() throws IOException, GeneralSecurityException {
        String fault = certificateFault();
        if (!fault.isEmpty()) {
            say("cert.pem: " + fault + "; a new one is made by: weft mesh bundle " + bundle.application());
            return null;
        }
        for (Endpoint endpoint : bundle.endpoints()) {
            String place = endpoint.router() + " (" + endpoint.host() + ":" + endpoint.port() + ")";
            // EXTERNAL: we are who our certificate says. A router that is silent for ten seconds is lost. One message at a time.
            JmsConnectionFactory factory = new JmsConnectionFactory(
                    "amqps://" + endpoint.host() + ":" + endpoint.port() + "?amqp.saslMechanisms=EXTERNAL"
                            + "&amqp.idleTimeout=10000&jms.connectTimeout=10000&jms.forceSyncSend=true"
                            + "&jms.prefetchPolicy.all=0");
            factory.setSslContext(tls()); // read each time: the certificate may have been renewed
            factory.setClientID(bundle.application() + "-" + UUID.randomUUID());
            JmsConnection made = null;
            try {
                made = (JmsConnection) factory.createConnection();
                made.start();
                say("connected to " + place);
                return made;
            } catch (JMSException error) {
                say(place + ": " + reasonOf(error));
                close(made);
            }
        }
        return null;
    }

    /** What is wrong with our certificate; "" when nothing is. Routers end the connection without a reason when they do not take it. */
    private String certificateFault() throws IOException, GeneralSecurityException {
        X509Certificate own = (X509Certificate) certificates(bundle.cert()).get(0);
        boolean isOurs = false;
        for (Certificate authority : certificates(bundle.ca())) {
            try {
                own.verify(authority.getPublicKey());
                isOurs = true;
            } catch (GeneralSecurityException error) {
                // Perhaps it is of the next one.
            }
        }
        if (!isOurs) return "it is not of the authority in ca.pem";
        return own.getNotAfter().before(new Date()) ? "it expired on " + own.getNotAfter().toInstant() : "";
    }

    private SSLContext tls() throws IOException, GeneralSecurityException {
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        for (Certificate one : certificates(bundle.ca())) authorities.setCertificateEntry("ca-" + authorities.size(), one);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("own", key(), password, certificates(bundle.cert()).toArray(new Certificate[0]));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static List<Certificate> certificates(String name) throws IOException, GeneralSecurityException {
        byte[] pem = Files.readAllBytes(folder.resolve(name));
        return new ArrayList<>(CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)));
    }

    private PrivateKey key() throws IOException, GeneralSecurityException {
        String pem = Files.readString(folder.resolve(bundle.key())).replaceAll("-----[A-Z ]+-----|\\s", "");
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    }

    /** The innermost cause says most. */
    private static String reasonOf(Throwable error) {
        Throwable at = error;
        while (at.getCause() != null) at = at.getCause();
        return at.getMessage() == null ? at.toString() : at.getMessage();
    }

    private static void close(JmsConnection connection) {
        try {
            if (connection != null) connection.close();
        } catch (JMSException error) {
            // It was lost before.
        }
    }

    // --- what it does: each goes on where it was when the connection was lost --------------------------------------------

    interface Verb {
        void on(Session session) throws JMSException, Lost;
    }

    /** The next one, always with the same number: a consumer that gets it twice can tell. */
    private TextMessage message(Session session) throws JMSException {
        TextMessage message = session.createTextMessage(count > 1 ? text + " " + (done + 1) : text);
        message.setStringProperty("number", run + "-" + (done + 1)); // JMS makes up message ids
        return message;
    }

    private static String bodyOf(Message message) throws JMSException {
        if (message instanceof BytesMessage bytes) {
            byte[] body = new byte[(int) bytes.getBodyLength()];
            bytes.readBytes(body);
            return new String(body, StandardCharsets.UTF_8);
        }
        return String.valueOf(message.getBody(Object.class));
    }

    /** Sends until there is an outcome that is final. Gives "accepted", or "rejected: …". */
    private String deliver(MessageProducer producer, String what, Message message) throws JMSException, Lost {
        while (true) {
            try {
                producer.send(message); // waits for credit, which comes when there is a consumer, and for the outcome
                return "accepted";
            } catch (JMSException error) {
                if (connection.isFailed()) throw new Lost(reasonOf(error));
                String outcome = outcomeOf(error);
                if (outcome.equals("rejected")) return "rejected: " + reasonOf(error);
                // Nobody got it, or it is in doubt whether somebody did.
                tell(what + ": " + outcome + "; again in a second");
                sleepSecond();
            }
        }
    }

    private static String outcomeOf(JMSException error) {
        if (error.getCause() instanceof ProviderDeliveryReleasedException) return "released";
        return error.getCause() instanceof ProviderDeliveryModifiedException ? "modified" : "rejected";
    }

    private void send(Session session) throws JMSException, Lost {
        MessageProducer producer = session.createProducer(session.createQueue(channel));
        while (done < count) {
            String outcome = deliver(producer, "sent " + (done + 1), message(session));
            tell("sent " + ++done + ": " + outcome);
            if (!outcome.equals("accepted")) rejected++;
        }
    }

    private void request(Session session) throws JMSException, Lost {
        TemporaryQueue replyTo = session.createTemporaryQueue(); // the router makes up an address for the answers
        MessageConsumer answers = session.createConsumer(replyTo);
        MessageProducer producer = session.createProducer(session.createQueue(channel));
        while (done < count) {
            String what = "request " + (done + 1);
            TextMessage asked = message(session);
            asked.setJMSReplyTo(replyTo);
            String outcome = deliver(producer, what, asked);
            if (!outcome.equals("accepted")) {
                tell("request " + ++done + ": " + outcome);
                rejected++;
                continue;
            }
            Message answer = answerTo(asked, answers);
            if (answer == null) tell(what + ": no reply in 10 seconds; again");
            else tell("reply " + ++done + ": " + bodyOf(answer));
        }
    }

    /** Null when there is none in time. Routers keep nothing: an answer may be lost with a router on its way. */
    private Message answerTo(Message asked, MessageConsumer answers) throws JMSException, Lost {
        long endMs = System.currentTimeMillis() + 10_000;
        while (true) {
            long leftMs = endMs - System.currentTimeMillis();
            Message answer = leftMs <= 0 ? null : answers.receive(leftMs);
            if (answer == null && connection.isFailed()) throw new Lost("while waiting for an answer");
            if (answer == null) return null;
            answer.acknowledge();
            if (asked.getJMSMessageID().equals(answer.getJMSCorrelationID())) return answer;
        }
    }

    private void receive(Session session) throws JMSException, Lost {
        MessageConsumer consumer = session.createConsumer(session.createQueue(channel));
        while (done < count) {
            Message message = next(consumer);
            if (message == null) return;
            tell("received " + (done + 1) + ": " + bodyOf(message));
            message.acknowledge();
            done++;
        }
    }

    private void serve(Session session) throws JMSException, Lost {
        Queue nowhere = null;
        MessageProducer answers = session.createProducer(nowhere); // each answer says where it goes
        MessageConsumer consumer = session.createConsumer(session.createQueue(channel));
        while (done < count) {
            Message message = next(consumer);
            if (message == null) return;
            message.acknowledge();
            Destination replyTo = message.getJMSReplyTo();
            if (replyTo != null) {
                TextMessage answer = session.createTextMessage(bodyOf(message));
                answer.setJMSCorrelationID(message.getJMSMessageID());
                try {
                    answers.send(replyTo, answer);
                } catch (JMSException error) {
                    // Whoever asked may be gone.
                    if (connection.isFailed()) throw error;
                }
            }
            tell("answered " + ++done + ": " + bodyOf(message));
        }
    }

    /** Null when the program is to end. */
    private Message next(MessageConsumer consumer) throws JMSException, Lost {
        Message message = consumer.receive();
        if (message == null && !isStopped) throw new Lost("while waiting for a message");
        return message;
    }

    private static void sleepSecond() {
        try {
            Thread.sleep(1000);
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
        }
    }

    private int work(Verb verb) throws IOException, GeneralSecurityException {
        for (boolean isFirst = true; ; isFirst = false) {
            connection = connect();
            if (connection == null) {
                if (isFirst) return 4;
                sleepSecond();
                continue;
            }
            try {
                verb.on(connection.createSession(Session.CLIENT_ACKNOWLEDGE));
                close(connection); // what was accepted is told before
                return rejected > 0 ? 1 : 0;
            } catch (JMSException | Lost error) {
                if (isStopped) return rejected > 0 ? 1 : 0;
                boolean isLost = error instanceof Lost || connection.isFailed();
                close(connection);
                say((isLost ? "connection lost: " : "refused: ") + reasonOf(error));
                if (!isLost) return 3;
                sleepSecond();
            }
        }
    }

    // --- words -----------------------------------------------------------------------------------------------------------

    private static void say(String line) {
        System.err.println(line);
    }

    private static void tell(String line) {
        System.out.println(line);
    }

    private static int usage(Bundle bundle) {
        say("usage: sample send|request CHANNEL [TEXT] [--count N], or receive|serve CHANNEL [--count N]");
        for (Channel one : bundle.channels()) say("  " + one.channel() + "  " + String.join(", ", one.may()));
        return 2;
    }

    private static int main(List<String> words) throws GeneralSecurityException {
        try {
            Bundle bundle = new Gson().fromJson(Files.readString(folder.resolve("connection.json")), Bundle.class);
            List<String> rest = new ArrayList<>(words);
            int at = rest.indexOf("--count");
            String counted = at < 0 ? null : at + 1 < rest.size() ? rest.get(at + 1) : "";
            if (counted != null) {
                if (!counted.matches("[1-9][0-9]{0,8}")) return usage(bundle);
                rest.subList(at, at + 2).clear();
            }
            if (rest.size() < 2) return usage(bundle);
            boolean isTold = List.of("send", "request").contains(rest.get(0));
            if (rest.size() > (isTold ? 3 : 2)) return usage(bundle);
            int count = counted == null ? (isTold ? 1 : Integer.MAX_VALUE) : Integer.parseInt(counted);
            Sample sample = new Sample(bundle, rest.get(1), rest.size() > 2 ? rest.get(2) : "hello", count);
            // Also on Ctrl-C, which is no failure.
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                sample.isStopped = true;
                close(sample.connection);
                Runtime.getRuntime().halt(exitCode);
            }));
            return switch (rest.get(0)) {
                case "send" -> sample.work(sample::send);
                case "receive" -> sample.work(sample::receive);
                case "request" -> sample.work(sample::request);
                case "serve" -> sample.work(sample::serve);
                default -> usage(bundle);
            };
        } catch (IOException error) {
            say(error + ": run it in its folder, or name the bundle by WEFT_BUNDLE");
            return 2;
        }
    }

    public static void main(String[] words) throws GeneralSecurityException {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off"); // what matters is told here
        exitCode = main(List.of(words));
        System.exit(exitCode);
    }
}
