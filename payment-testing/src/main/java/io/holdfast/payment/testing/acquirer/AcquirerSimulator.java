package io.holdfast.payment.testing.acquirer;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The simulated acquirer as a program. Prints where it listens, and runs until it is ended.
 *
 * <p>Merchants charge cards at its port; at its admin port it is told what to do wrong, see the
 * module's page. The card {@code tok_decline…} is always declined.
 */
@Command(
    name = "acquirer",
    description = "An acquirer that charges no real card and fails as it is told to.",
    footer = {
      "",
      "Environment:",
      "  ACQUIRER_KEY            the secret that merchants come with",
      "  ACQUIRER_NOTICE_SECRET  signs notices; the key if it is not given",
      "",
      "Faults: error, silence, hang-up, slow, decline, late, lost-answer, error-after, duplicate,",
      "  chargeback, reversal, crash, crash-after",
      "",
      "At the admin port, JSON:",
      "  POST /faults       {\"next\": [FAULT...], \"rates\": {FAULT: PROBABILITY...}}",
      "  POST /decisions    {\"reference\": R, \"status\": \"approved\" or \"declined\"}",
      "  POST /chargebacks  {\"reference\": R, \"amount\": N}    all that is left without an amount",
      "  POST /reversals    {\"reference\": R, \"amount\": N}    all of the latest chargeback",
      "  POST /refuse, POST /accept, POST /halt, GET /charges",
      ""
    })
public final class AcquirerSimulator implements Callable<Integer> {

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
      names = "--port",
      paramLabel = "PORT",
      description = "Where merchants reach it, on loopback; 0 for any (${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--admin-port",
      paramLabel = "PORT",
      description = "Where it is told what to do, on loopback; 0 for any (${DEFAULT-VALUE}).")
  private int adminPort;

  @Option(
      names = "--file",
      required = true,
      paramLabel = "FILE",
      description = "Where it keeps its charges; what is there already, it knows.")
  private Path file = Path.of("");

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides what goes wrong by chance (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--fault",
      paramLabel = "FAULT=PROBABILITY",
      description = "How often what goes wrong with a call, out of 1. Several times.")
  private Map<String, Double> rates = new HashMap<>();

  @Option(
      names = "--slow",
      paramLabel = "DURATION",
      description = "How long a slow answer takes (${DEFAULT-VALUE}).")
  private Duration slow = Duration.ofSeconds(2);

  @Option(
      names = "--late",
      paramLabel = "DURATION",
      description = "How long a charge that is approved late is pending (${DEFAULT-VALUE}).")
  private Duration late = Duration.ofSeconds(5);

  @Option(
      names = "--notify",
      paramLabel = "URL",
      description = "Where notices of chargebacks and their reversals are sent.")
  private @Nullable URI notify;

  private AcquirerSimulator(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Runs it. */
  public static void main(String[] args) {
    System.exit(commandLine(System.getenv()).execute(args));
  }

  static CommandLine commandLine(Map<String, String> environment) {
    return new CommandLine(new AcquirerSimulator(environment))
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              command.getErr().println("acquirer: " + failure.getMessage());
              return failure instanceof IllegalArgumentException
                  ? CommandLine.ExitCode.USAGE
                  : CommandLine.ExitCode.SOFTWARE;
            });
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    String key = environment.getOrDefault("ACQUIRER_KEY", "");
    if (key.isEmpty()) {
      throw new IllegalArgumentException("set ACQUIRER_KEY in the environment");
    }
    Map<Fault, Double> faults = new EnumMap<>(Fault.class);
    rates.forEach((text, rate) -> faults.put(Fault.of(text), rate));
    AcquirerSettings settings =
        AcquirerSettings.of(file, key)
            .withPorts(port, adminPort)
            .withFaults(seed, faults)
            .withDelays(slow, late);
    AcquirerSettings all =
        Optional.ofNullable(notify)
            .map(
                to ->
                    settings.withNotices(
                        to, environment.getOrDefault("ACQUIRER_NOTICE_SECRET", key)))
            .orElse(settings);
    try (AcquirerServer server = AcquirerServer.start(all)) {
      PrintWriter out = spec.commandLine().getOut();
      out.println("acquirer on " + server.uri() + ", admin on " + server.adminUri());
      out.flush();
      new CountDownLatch(1).await();
    }
    return CommandLine.ExitCode.OK;
  }
}
