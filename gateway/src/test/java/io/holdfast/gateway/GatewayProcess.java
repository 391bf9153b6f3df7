package io.holdfast.gateway;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.gateway.consul.ConsulDoor;
import io.holdfast.gateway.consul.ConsulOptions;
import io.holdfast.gateway.eureka.EurekaDoor;
import io.holdfast.testkit.process.FreePorts;
import io.holdfast.testkit.process.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A gateway with the doors of Consul and Eureka, in a process of its own that can be killed. */
public final class GatewayProcess implements AutoCloseable {

  /** How long the store waits for it once it is dead. */
  public static final Duration SESSION = Duration.ofSeconds(2);

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ServerProcess process;
  private final int port;

  private GatewayProcess(ServerProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /** What runs in the process: the store, the port and the file of tokens. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    CoordinatorOptions options = CoordinatorOptions.defaults().withSessionTimeout(SESSION);
    try (Coordinator coordinator = Coordinator.connect(arguments[0], options);
        Gateway gateway =
            Gateway.start(
                coordinator,
                GatewayOptions.loopback(Integer.parseInt(arguments[1])),
                WriteAccess.read(Path.of(arguments[2])),
                parts ->
                    List.of(
                        new ConsulDoor(parts, ConsulOptions.defaults()), new EurekaDoor(parts)))) {
      System.out.println("open at " + gateway.port());
      new CountDownLatch(1).await();
    }
  }

  /** Starts one; {@link #awaitReady} waits for it. */
  public static GatewayProcess start(String uri, Path folder, String name) throws IOException {
    Path tokens =
        Files.writeString(
            folder.resolve(name + ".tokens"), "tester " + GatewayUnderTest.TOKEN + "\n");
    int port = FreePorts.find(1).get(0);
    return new GatewayProcess(
        ServerProcess.start(
            name,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                GatewayProcess.class.getName(),
                uri,
                Integer.toString(port),
                tokens.toString()),
            folder,
            folder.resolve(name + ".log")),
        port);
  }

  /** Waits until it knows the store. */
  public void awaitReady() throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        if (send("GET", "/ready", "").statusCode() == 200) {
          return;
        }
      } catch (IOException notYet) {
        if (!process.isAlive() || System.nanoTime() - end > 0) {
          throw new IllegalStateException("no gateway:\n" + process.logTail(20), notYet);
        }
      }
      Thread.sleep(50); // It says nothing when it opens that this process could wait for.
    }
  }

  /** Sends a request with the token. */
  public HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(PATIENCE)
            .header("X-Consul-Token", GatewayUnderTest.TOKEN);
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    return HTTP.send(
        request.method(method, HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** SIGKILL. */
  public void kill() {
    process.kill();
  }

  @Override
  public void close() {
    process.close();
  }
}
