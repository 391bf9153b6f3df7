package io.holdfast.payment;

import io.holdfast.coordination.CoordinationException;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.LedgerException;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.scenario.topup.acquirer.AcquirerConfig;
import io.holdfast.payment.trace.TraceConfig;
import io.holdfast.payment.webhook.WebhookTargets;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The command line of a payment node. Runs until SIGTERM or SIGINT, then leaves in good order.
 *
 * <p>The database user and password come from the environment, {@value #USER} and {@value
 * #PASSWORD}: a command line is public.
 */
@Command(
    name = "payment-node",
    description = "A payment node: start as many as you like over one database and one cluster.",
    footer = {
      "",
      "Environment:",
      "  HOLDFAST_DB_USER, HOLDFAST_DB_PASSWORD   who connects to the databases",
      "  HOLDFAST_ACQUIRER_KEY                    the key for --acquirer",
      "  HOLDFAST_PASSWORD                        that of --store-user, unless it is in a file",
      ""
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:help was asked for",
      "1:an unexpected fault",
      "2:wrong options, or they do not fit the ledger",
      "3:the database cannot be reached",
      "4:the cluster cannot be reached",
      "5:the port cannot be opened",
      "6:another process has taken the node's name",
      "143:ended by SIGTERM, in good order"
    })
final class PaymentCommand implements Callable<Integer> {

  static final String USER = "HOLDFAST_DB_USER";
  static final String PASSWORD = "HOLDFAST_DB_PASSWORD";
  static final String ACQUIRER_KEY = "HOLDFAST_ACQUIRER_KEY";

  private static final int FAULT = 1;
  private static final int WRONG = 2;
  private static final int NO_DATABASE = 3;
  private static final int NO_CLUSTER = 4;
  private static final int NO_PORT = 5;
  private static final int SUCCEEDED = 6;

  private final Map<String, String> environment;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Seen to by picocli. */
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this and end.")
  @SuppressWarnings("unused")
  private boolean help;

  @Option(
      names = "--connect",
      required = true,
      paramLabel = "URI",
      description = "The cluster, such as zookeeper://host1:2181,host2:2181/payments.")
  private String connect = "";

  @Option(
      names = "--db",
      required = true,
      paramLabel = "[NAME=]URL",
      description = {
        "A database of the ledger, such as jdbc:postgresql://host:5432/payments, and what it is"
            + " called in the ledger (main if it is the only one). May be given several times, the"
            + " same at every node."
      })
  private List<String> databases = List.of();

  @Option(
      names = "--id",
      paramLabel = "NAME",
      description = "The node's name, unique among those running. Made up if not given.")
  private String id = "payment-" + UUID.randomUUID().toString().substring(0, 8);

  @Option(
      names = "--bind",
      paramLabel = "HOST[:PORT]",
      description =
          "Where to listen (${DEFAULT-VALUE}); without a port, or with 0, the system chooses one.")
  private String bind = "127.0.0.1";

  @Option(
      names = "--advertise",
      paramLabel = "HOST[:PORT]",
      description =
          "How others reach it, if not by --bind: behind a NAT, in a container. With TLS the"
              + " certificate has to be for this host.")
  private Optional<String> advertise = Optional.empty();

  @Option(
      names = "--shards",
      paramLabel = "N",
      description = "How many shards the ledger has, the same at every node (${DEFAULT-VALUE}).")
  private int shards = ShardMap.DEFAULT_SHARDS;

  @Option(
      names = "--acquirer",
      paramLabel = "URL",
      description =
          "Where cards are charged for top-ups; its key is in HOLDFAST_ACQUIRER_KEY. Without it"
              + " there are no top-ups.")
  private Optional<URI> acquirer = Optional.empty();

  @Option(
      names = "--acquirer-give-up",
      paramLabel = "MINUTES",
      description =
          "So long after a top-up was asked for, no card is charged for it any more; it has failed"
              + " when the acquirer then knows of no charge (${DEFAULT-VALUE}).")
  private long giveUp = AcquirerConfig.GIVE_UP_AFTER.toMinutes();

  @Option(
      names = "--traces-to",
      paramLabel = "URL",
      description =
          "A collector of OpenTelemetry that takes OTLP as JSON over HTTP, such as"
              + " http://127.0.0.1:4318. Without it traces are passed on and not recorded.")
  private Optional<URI> traces = Optional.empty();

  @Option(
      names = "--traces-percent",
      paramLabel = "N",
      description =
          "How many of the requests that come without a traceparent are recorded"
              + " (${DEFAULT-VALUE}).")
  private double tracesPercent = 1;

  @Option(
      names = "--keep-answers",
      paramLabel = "DAYS",
      description =
          "How many days the answers to requests are kept (for ever). After that a request that is"
              + " sent again is only told whether it was done; it is never done again.")
  private Optional<Integer> keepAnswers = Optional.empty();

  @Mixin private NodeSecurityOptions security = new NodeSecurityOptions();

  @Option(
      names = "--webhooks-to-loopback",
      description =
          "For tests and demonstrations: events may be sent by HTTP to this very machine, and not"
              + " only by HTTPS to public addresses.")
  private boolean loopback;

  @Option(
      names = "--session-timeout",
      paramLabel = "SECONDS",
      description = "How long the cluster keeps what a silent node holds (${DEFAULT-VALUE}).")
  private int sessionTimeout = 10;

  private PaymentCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  static int run(String... args) {
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", "io/holdfast/payment/logback.xml");
    }
    return commandLine(System.getenv()).execute(args);
  }

  static CommandLine commandLine(Map<String, String> environment) {
    return new CommandLine(new PaymentCommand(environment))
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              command.getErr().println("payment-node: " + oneLine(failure));
              return exitCode(failure);
            });
  }

  private static int exitCode(Exception failure) {
    if (failure instanceof IllegalArgumentException) {
      return WRONG;
    }
    if (failure instanceof LedgerException) {
      return NO_DATABASE;
    }
    if (failure instanceof CoordinationException) {
      return NO_CLUSTER;
    }
    return failure instanceof IOException ? NO_PORT : FAULT;
  }

  private static String oneLine(Exception failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message.lines().findFirst().orElse("");
  }

  private Map<String, DatabaseConfig> databases() {
    Map<String, DatabaseConfig> named = new TreeMap<>();
    for (String each : databases) {
      int equals = each.startsWith("jdbc:") ? -1 : each.indexOf('=');
      String name = equals < 0 ? NodeConfig.ONLY_DATABASE : each.substring(0, equals);
      DatabaseConfig config =
          DatabaseConfig.of(
              each.substring(equals + 1), required(USER), environment.getOrDefault(PASSWORD, ""));
      if (named.put(name, config) != null) {
        throw new IllegalArgumentException(
            "two databases are called " + name + ": give each its own name, as --db NAME=URL");
      }
    }
    return named;
  }

  private String required(String variable) {
    String value = environment.getOrDefault(variable, "");
    if (value.isEmpty()) {
      throw new IllegalArgumentException("set " + variable + " in the environment");
    }
    return value;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    NodeConfig config =
        NodeConfig.of(connect, databases(), id)
            .withAddress(Advertised.of(bind, advertise))
            .withShards(shards)
            .withSessionTimeout(Duration.ofSeconds(sessionTimeout))
            .withSecurity(security.read());
    if (keepAnswers.isPresent()) {
      config = config.withAnswersKept(Duration.ofDays(keepAnswers.get()));
    }
    if (loopback) {
      config = config.withWebhooks(WebhookTargets.PUBLIC_AND_LOOPBACK);
    }
    if (acquirer.isPresent()) {
      config =
          config.withAcquirer(
              AcquirerConfig.of(acquirer.get(), required(ACQUIRER_KEY))
                  .withGiveUpAfter(Duration.ofMinutes(giveUp)));
    }
    if (traces.isPresent()) {
      config = config.withTraces(new TraceConfig(traces.get(), tracesPercent / 100));
    }
    PaymentNode node = PaymentNode.start(config);
    Runtime.getRuntime().addShutdownHook(new Thread(node::close, "payment-shutdown"));
    PrintWriter out = spec.commandLine().getOut();
    out.println("payment node " + node.id() + " on " + node.url());
    out.flush();
    node.succeeded().join();
    spec.commandLine()
        .getErr()
        .println("payment-node: another process runs as " + node.id() + "; this one ends");
    return SUCCEEDED;
  }
}
