// A first program on a mesh, in C# with AMQP.Net Lite. README.md of the bundle tells what there is to try.
//
//   dotnet out/sample.dll send CHANNEL [TEXT] [--count N]
//   dotnet out/sample.dll receive CHANNEL [--count N]
//   dotnet out/sample.dll request CHANNEL [TEXT] [--count N]
//   dotnet out/sample.dll serve CHANNEL [--count N]
//
// It connects to the first endpoint that answers, and to the next one when that is lost. Exit codes: 0 done, 1 a message was rejected,
// 2 wrong words or files, 3 the channel was refused, 4 no endpoint takes the connection.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Amqp;
using Amqp.Framing;
using Amqp.Sasl;

/// <summary>connection.json</summary>
public sealed class Bundle
{
    public string Application { get; set; }
    public Endpoint[] Endpoints { get; set; }
    public string Ca { get; set; }
    public string Cert { get; set; }
    public string Key { get; set; }
    public Channel[] Channels { get; set; }
}

public sealed class Endpoint
{
    public string Router { get; set; }
    public string Host { get; set; }
    public int Port { get; set; }
}

public sealed class Channel
{
    // The name of a member cannot be that of its type: `channel` in the file.
    [System.Text.Json.Serialization.JsonPropertyName("channel")]
    public string Name { get; set; }
    public string[] May { get; set; }
}

/// <summary>The connection, or the router that it led to, is gone: another endpoint may do.</summary>
public sealed class LostException : Exception
{
    public LostException(string reason) : base(reason) { }
}

/// <summary>The router does not let us use the channel: another one would not, either.</summary>
public sealed class RefusedException : Exception
{
    public RefusedException(string reason) : base(reason) { }
}

public sealed class Sample
{
    static readonly string folder = Environment.GetEnvironmentVariable("WEFT_BUNDLE") ?? Path.Combine("..", "..");
    static readonly TimeSpan second = TimeSpan.FromSeconds(1);

    readonly Bundle bundle;
    readonly string channel;
    readonly string text;
    readonly int count;
    readonly string run = Guid.NewGuid().ToString("N").Substring(0, 8);
    int done = 0;
    int rejected = 0;

    Sample(Bundle bundle, string channel, string text, int count)
    {
        this.bundle = bundle;
        this.channel = channel;
        this.text = text;
        this.count = count;
    }

    static void Say(string line) => Console.Error.WriteLine(line);
    static string PathOf(string name) => Path.Combine(folder, name);

    // --- the connection ------------------------------------------------------------------------------------------------

    /// <summary>The first endpoint that takes us; null when none does.</summary>
    async Task<Connection> Connect()
    {
        string fault = CertificateFault();
        if (fault != "")
        {
            Say($"cert.pem: {fault}; a new one is made by: weft mesh bundle {bundle.Application}");
            return null;
        }
        foreach (Endpoint endpoint in bundle.Endpoints)
        {
            string place = $"{endpoint.Router} ({endpoint.Host}:{endpoint.Port})";
            try
            {
                var address = new Address(endpoint.Host, endpoint.Port, null, null, "/", "amqps");
                using (var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10)))
                {
                    Connection connection = await MakeFactory().CreateAsync(address, limit.Token);
                    Say($"connected to {place}");
                    return connection;
                }
            }
            catch (Exception error) when (error is AmqpException || error is SocketException || error is IOException
                || error is AuthenticationException || error is OperationCanceledException)
            {
                Say($"{place}: {(error.InnerException ?? error).Message}");
            }
        }
        return null;
    }

    X509Certificate2 Own() => X509Certificate2.CreateFromPemFile(PathOf(bundle.Cert), PathOf(bundle.Key));

    X509Certificate2Collection Authorities()
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(PathOf(bundle.Ca));
        return authorities;
    }

    /// <summary>What is wrong with ours; "" when nothing is. Routers end the connection without a reason when they do not take it.</summary>
    string CertificateFault()
    {
        using (X509Certificate2 own = Own())
        {
            if (own.NotAfter < DateTime.Now) return $"it expired on {own.NotAfter:u}";
            return IsVouchedFor(own, Authorities()) ? "" : "it is not of the authority in ca.pem";
        }
    }

    /// <summary>The files are read each time: the certificate may have been renewed.</summary>
    ConnectionFactory MakeFactory()
    {
        var factory = new ConnectionFactory();
        X509Certificate2Collection authorities = Authorities();
        // Through PKCS #12, since Windows takes no key from PEM for TLS.
        factory.SSL.ClientCertificates.Add(new X509Certificate2(Own().Export(X509ContentType.Pkcs12)));
        factory.SSL.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
            certificate != null
            && (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None
            && IsVouchedFor(certificate, authorities);
        factory.SASL.Profile = SaslProfile.External; // we are who our certificate says
        factory.AMQP.ContainerId = $"{bundle.Application}-{Guid.NewGuid()}";
        factory.AMQP.IdleTimeout = 20000; // a router that is silent for half of it is lost
        return factory;
    }

    /// <summary>By the authority of the bundle, not by those of the system.</summary>
    static bool IsVouchedFor(X509Certificate certificate, X509Certificate2Collection authorities)
    {
        using (var chain = new X509Chain())
        {
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
            return chain.Build(new X509Certificate2(certificate));
        }
    }

    static string Describe(Error error)
    {
        if (error == null) return "without a reason";
        // A refusal says by which rule of the policy.
        var rules = error.Info == null ? new List<string>() : error.Info.Select(one => $"{one.Key} {one.Value}").ToList();
        return $"{error.Condition}: {error.Description}" + (rules.Count > 0 ? $" ({string.Join(", ", rules)})" : "");
    }

    /// <summary>Throws when the link is no longer there: with its connection, or because the router refuses it.</summary>
    static void CheckOpen(Link link)
    {
        if (link.Session.IsClosed) throw new LostException(Describe(link.Session.Error ?? link.Session.Connection.Error));
        if (link.Error != null || link.IsClosed) throw new RefusedException(Describe(link.Error));
    }

    // --- what it does: each goes on where it was when the connection was lost --------------------------------------------

    /// <summary>The next one, always with the same id: a consumer that gets it twice can tell.</summary>
    Message NextMessage()
    {
        var message = new Message(count > 1 ? $"{text} {done + 1}" : text);
        message.Properties = new Properties { MessageId = $"{run}-{done + 1}" };
        return message;
    }

    static string BodyOf(Message message)
    {
        var data = message.Body as byte[];
        return data == null ? Convert.ToString(message.Body) : Encoding.UTF8.GetString(data);
    }

    /// <summary>Waits for credit, which comes when there is a consumer, and for the outcome.</summary>
    static async Task<Outcome> SendOnce(SenderLink sender, Message message)
    {
        var settled = new TaskCompletionSource<Outcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            sender.Send(message, (link, sent, outcome, state) => settled.TrySetResult(outcome), null);
        }
        catch (AmqpException)
        {
            CheckOpen(sender);
            throw;
        }
        Outcome result = await settled.Task;
        CheckOpen(sender); // a link that ends gives back what waits, as if there was an outcome
        return result;
    }

    /// <summary>Sends until there is an outcome that is final. Gives "accepted", or "rejected: …".</summary>
    static async Task<string> Deliver(SenderLink sender, string what, Message message)
    {
        while (true)
        {
            Outcome outcome = await SendOnce(sender, message);
            if (outcome is Accepted) return "accepted";
            if (outcome is Rejected) return $"rejected: {Describe(((Rejected)outcome).Error)}";
            // Nobody got it, or it is in doubt whether somebody did.
            Console.WriteLine($"{what}: {(outcome is Released ? "released" : "modified")}; again in a second");
            await Task.Delay(second);
        }
    }

    async Task Send(Session session)
    {
        var sender = new SenderLink(session, "send", channel);
        while (done < count)
        {
            string outcome = await Deliver(sender, $"sent {done + 1}", NextMessage());
            Finish("sent", outcome, outcome);
        }
    }

    void Finish(string what, string told, string outcome)
    {
        Console.WriteLine($"{what} {++done}: {told}");
        if (outcome != "accepted") rejected++;
    }

    async Task Request(Session session)
    {
        // The router makes up an address for the answers: nobody has to agree on one.
        var replyTo = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var source = new Source { Dynamic = true };
        var answers = new ReceiverLink(session, "answers", source, (link, attach) =>
            replyTo.TrySetResult(((Source)attach.Source)?.Address));
        answers.AddClosedCallback((link, error) => replyTo.TrySetResult(null));
        string address = await replyTo.Task;
        CheckOpen(answers);
        answers.SetCredit(10);
        var sender = new SenderLink(session, "request", channel);
        while (done < count)
        {
            Message asked = NextMessage();
            asked.Properties.ReplyTo = address;
            string outcome = await Deliver(sender, $"request {done + 1}", asked);
            if (outcome != "accepted")
            {
                Finish("request", outcome, outcome);
                continue;
            }
            Message answer = await AnswerTo(asked, answers);
            if (answer == null) Console.WriteLine($"request {done + 1}: no reply in 10 seconds; again");
            else Finish("reply", BodyOf(answer), outcome);
        }
    }

    /// <summary>Null when there is none in time. Routers keep nothing: an answer may be lost with a router on its way.</summary>
    static async Task<Message> AnswerTo(Message asked, ReceiverLink answers)
    {
        DateTime end = DateTime.UtcNow.AddSeconds(10);
        while (true)
        {
            TimeSpan left = end - DateTime.UtcNow;
            Message answer = left <= TimeSpan.Zero ? null : await Next(answers, left);
            if (answer == null) return null;
            answers.Accept(answer);
            if (Equals(answer.Properties?.GetCorrelationId(), asked.Properties.MessageId)) return answer;
        }
    }

    /// <summary>Null when none came in time.</summary>
    static async Task<Message> Next(ReceiverLink receiver, TimeSpan time)
    {
        try
        {
            Message message = await receiver.ReceiveAsync(time);
            if (message == null) CheckOpen(receiver);
            return message;
        }
        catch (AmqpException)
        {
            CheckOpen(receiver);
            throw;
        }
    }

    /// <summary>Takes no more messages than it is to take.</summary>
    async Task Consume(Session session, Func<Message, Task> handle)
    {
        var receiver = new ReceiverLink(session, "receive", channel);
        while (done < count)
        {
            receiver.SetCredit(1, false);
            Message message = await Next(receiver, TimeSpan.MaxValue);
            receiver.Accept(message);
            await handle(message);
            done++;
        }
    }

    Task Receive(Session session) => Consume(session, message =>
    {
        Console.WriteLine($"received {done + 1}: {BodyOf(message)}");
        return Task.CompletedTask;
    });

    async Task Serve(Session session)
    {
        var answers = new SenderLink(session, "answers", new Target(), null); // each answer says where it goes
        await Consume(session, async message =>
        {
            if (message.Properties?.ReplyTo != null)
            {
                var answer = new Message(BodyOf(message)) { Properties = new Properties { To = message.Properties.ReplyTo } };
                answer.Properties.SetCorrelationId(message.Properties.GetMessageId());
                await SendOnce(answers, answer); // whoever asked may be gone: whatever became of it is well
            }
            Console.WriteLine($"answered {done + 1}: {BodyOf(message)}");
        });
    }

    async Task<int> Work(Func<Session, Task> verb)
    {
        var stopped = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Console.CancelKeyPress += (sender, pressed) =>
        {
            pressed.Cancel = true;
            stopped.TrySetResult(true);
        };
        for (bool isFirst = true; !stopped.Task.IsCompleted; isFirst = false)
        {
            Connection connection = await Connect();
            if (connection == null)
            {
                if (isFirst) return 4;
                await Task.Delay(second);
                continue;
            }
            try
            {
                await await Task.WhenAny(verb(new Session(connection)), stopped.Task);
                await connection.CloseAsync(); // what was accepted is told before
                return rejected > 0 ? 1 : 0;
            }
            catch (LostException error)
            {
                Say($"connection lost: {error.Message}");
                await Task.Delay(second);
            }
            catch (RefusedException error)
            {
                Say($"refused: {error.Message}");
                return 3;
            }
        }
        return rejected > 0 ? 1 : 0;
    }

    // --- words -----------------------------------------------------------------------------------------------------------

    static int Usage(Bundle bundle)
    {
        Say("usage: sample send|request CHANNEL [TEXT] [--count N], or receive|serve CHANNEL [--count N]");
        foreach (Channel one in bundle.Channels) Say($"  {one.Name}  {string.Join(", ", one.May)}");
        return 2;
    }

    static async Task<int> Main(string[] args)
    {
        try
        {
            var options = new JsonSerializerOptions { PropertyNameCaseInsensitive = true };
            var bundle = JsonSerializer.Deserialize<Bundle>(File.ReadAllText(PathOf("connection.json")), options);
            var words = args.ToList();
            int count = 0;
            int at = words.IndexOf("--count");
            if (at >= 0)
            {
                if (at + 1 == words.Count || !int.TryParse(words[at + 1], out count) || count < 1) return Usage(bundle);
                words.RemoveRange(at, 2);
            }
            bool isTold = words.Count > 0 && (words[0] == "send" || words[0] == "request");
            if (words.Count < 2 || words.Count > (isTold ? 3 : 2)) return Usage(bundle);
            if (count == 0) count = isTold ? 1 : int.MaxValue;
            var sample = new Sample(bundle, words[1], words.Count > 2 ? words[2] : "hello", count);
            switch (words[0])
            {
                case "send": return await sample.Work(sample.Send);
                case "receive": return await sample.Work(sample.Receive);
                case "request": return await sample.Work(sample.Request);
                case "serve": return await sample.Work(sample.Serve);
                default: return Usage(bundle);
            }
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException
            || error is JsonException || error is CryptographicException)
        {
            Say($"{error.Message}: run it in its folder, or name the bundle by WEFT_BUNDLE");
            return 2;
        }
    }
}
