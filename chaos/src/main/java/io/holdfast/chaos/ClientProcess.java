package io.holdfast.chaos;

import io.holdfast.chaos.fault.ProcessClient;
import io.holdfast.chaos.workload.ChaosClient;
import io.holdfast.chaos.workload.ClientSettings;
import io.holdfast.testkit.process.Host;
import io.holdfast.testkit.process.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@link ChaosClient} as a child process; every start is a new process of the history. */
final class ClientProcess extends ProcessClient {

  /** With the serial collector, the heap comes last; this is its last part. */
  private static final String END_OF_DUMP = "class space";

  static final String LOG_SETTINGS = "logback.xml";
  static final String QUIET_LOG =
      """
      <configuration>
        <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
          <encoder><pattern>%d %-5level %logger{0} %msg%n</pattern></encoder>
        </appender>
        <root level="WARN"><appender-ref ref="out"/></root>
        <logger name="io.holdfast" level="INFO"/>
      </configuration>
      """;

  private final ClientSettings settings;
  private final Host host;
  private final Path folder;
  private final List<Path> histories = new ArrayList<>();

  ClientProcess(ClientSettings settings, Host host, Path folder) {
    super(settings.client());
    this.settings = settings;
    this.host = host;
    this.folder = folder;
    start();
  }

  @Override
  protected ServerProcess launch() {
    int incarnation = histories.size() + 1;
    String name = settings.client() + "." + incarnation;
    Path history = folder.resolve(name + ".jsonl");
    histories.add(history);
    ClientSettings own =
        new ClientSettings(
            settings.client(),
            name,
            settings.uri(),
            settings.register(),
            settings.seed() + 1_000L * incarnation,
            settings.session(),
            history,
            settings.until(),
            settings.workloads());
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dsun.net.inetaddr.ttl=1",
                "-Dlogback.configurationFile=" + folder.resolve(LOG_SETTINGS),
                "-cp",
                System.getProperty("java.class.path"),
                ChaosClient.class.getName()));
    command.addAll(own.toArguments());
    return ServerProcess.start(name, host.command(command), folder, folder.resolve(name + ".log"));
  }

  /**
   * What each of its processes noted, in order; the file of one that has just begun may be absent.
   */
  List<Path> histories() {
    return List.copyOf(histories);
  }

  /** How much the present process has noted. */
  long noted() {
    Path history = histories.get(histories.size() - 1);
    try {
      return Files.exists(history) ? Files.size(history) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For people: whether it runs, and how much it has noted. */
  String state() {
    String how = !isAlive() ? "ended" : isPaused() ? "frozen" : "running";
    return "%s is %s and has noted %d bytes".formatted(process(), how, noted());
  }

  /** Adds what its threads do to its log, unless it cannot say. */
  void dumpThreads() {
    if (isAlive() && !isPaused()) {
      process().dumpThreads();
    }
  }

  /** True once all of a {@link #dumpThreads} is in the log, or it never will be. */
  boolean hasDumped() {
    return !isAlive() || isPaused() || logTail().contains(END_OF_DUMP);
  }
}
