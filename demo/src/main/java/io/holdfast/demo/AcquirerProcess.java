package io.holdfast.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.payment.testing.acquirer.AcquirerSimulator;
import io.holdfast.testkit.process.FreePorts;
import io.holdfast.testkit.process.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An acquirer that charges no real card, as a process of its own, which fails now and then. */
final class AcquirerProcess implements AutoCloseable {

  /** What it is known by; the nodes come with it. */
  static final String KEY = "demo-acquirer-key";

  /** Of all calls, so many go wrong in this way. */
  private static final Map<String, Double> FAULTS =
      new TreeMap<>(
          Map.of(
              "error", 0.03,
              "slow", 0.03,
              "hang-up", 0.04,
              "lost-answer", 0.03,
              "error-after", 0.04,
              "late", 0.04));

  private final ServerProcess process;
  private final int port;
  private final int adminPort;

  private AcquirerProcess(ServerProcess process, int port, int adminPort) {
    this.process = process;
    this.port = port;
    this.adminPort = adminPort;
  }

  static AcquirerProcess start(Path folder, long seed) {
    List<Integer> ports = FreePorts.find(2);
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                AcquirerSimulator.class.getName(),
                "--port",
                ports.get(0).toString(),
                "--admin-port",
                ports.get(1).toString(),
                "--file",
                folder.resolve("acquirer.charges").toString(),
                "--seed",
                Long.toString(seed),
                "--slow",
                "PT1S",
                "--late",
                "PT1S"));
    FAULTS.forEach((fault, rate) -> command.addAll(List.of("--fault", fault + "=" + rate)));
    ServerProcess process =
        ServerProcess.start(
            "acquirer",
            command,
            Map.of("ACQUIRER_KEY", KEY),
            folder,
            folder.resolve("acquirer.log"));
    return new AcquirerProcess(process, ports.get(0), ports.get(1));
  }

  /** Where cards are charged. */
  URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  long pid() {
    return process.pid();
  }

  /**
   * Checks that it still runs.
   *
   * @throws IllegalStateException with the end of its log if it has ended by itself
   */
  void checkAlive() {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "the acquirer has ended by itself; its last words:\n" + process.logTail(15));
    }
  }

  /** What it has charged, in minor units, by the names that the ledger gave. */
  Map<String, Long> charged() throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + "/charges"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    Map<String, Long> charged = new TreeMap<>();
    for (JsonNode each : new ObjectMapper().readTree(answer.body())) {
      if (each.path("status").asText().equals("approved")) {
        charged.merge(each.path("reference").asText(), each.path("amount").asLong(), Long::sum);
      }
    }
    return charged;
  }

  @Override
  public void close() {
    process.close();
  }
}
