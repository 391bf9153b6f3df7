package io.holdfast.cli.render;

import com.sun.net.httpserver.HttpServer;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * A process of its own that answers with its id and is registered. It drains once the file {@code
 * drain} appears in its folder.
 */
final class InstanceMain {

  static final Duration SESSION = Duration.ofSeconds(3);

  private InstanceMain() {}

  /** Runs until it is killed. */
  public static void main(String[] args) throws IOException, InterruptedException {
    String uri = args[0];
    String id = args[1];
    Path drain = Path.of(args[2]);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = id.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    Coordinator coordinator =
        Coordinator.connect(uri, CoordinatorOptions.defaults().withSessionTimeout(SESSION));
    Registration registration =
        new Registry(coordinator)
            .register(
                ServiceInstance.http("billing", id, "127.0.0.1", server.getAddress().getPort()));
    CountDownLatch never = new CountDownLatch(1);
    while (!Files.exists(drain)) {
      never.await(20, java.util.concurrent.TimeUnit.MILLISECONDS);
    }
    registration.updateStatus(InstanceStatus.DRAINING).join();
    never.await();
  }
}
