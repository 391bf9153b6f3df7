package io.holdfast.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What clients that are many or slow can hold. */
class ClientConnectionsTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration SOON = Duration.ofSeconds(1);

  /** More than the buffers between client and server take. */
  private static final int LONG = 20_000_000;

  private static final Duration LATE = Duration.ofHours(1);

  private final Vertx vertx = Vertx.vertx();
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private int serve(ClientConnections connections) {
    Router router = Router.router(vertx);
    router.route().handler(connections.handler());
    router
        .route()
        .handler(BodyHandler.create(false))
        .handler(
            context -> {
              connections.read(context.request());
              boolean isLong = context.request().path().equals("/long");
              context.response().end("hello" + " ".repeat(isLong ? LONG : 0));
            });
    return connections
        .listen(new HttpServerOptions().setHost("127.0.0.1").setPort(0), router)
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .actualPort();
  }

  private Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) LIMIT.toMillis());
    sockets.add(socket);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Sends a byte now and then, so that it is never idle, until the other side has closed. */
  private static void dripUntilClosed(Socket socket) {
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              try {
                write(socket, "x");
                return socket.getInputStream().available() == 0 && isClosed(socket);
              } catch (IOException e) {
                return true;
              }
            });
  }

  private static boolean isClosed(Socket socket) throws IOException {
    socket.setSoTimeout(1);
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    }
  }

  @Test
  void head_thatDrips_isCutOff() throws Exception {
    int port = serve(new ClientConnections(vertx, 10, SOON, LATE, LATE));
    Socket slow = connect(port);
    write(slow, "GET / HTTP/1.1\r\nHost: here\r\nX-Slow: ");

    dripUntilClosed(slow);
  }

  @Test
  void body_thatDrips_isCutOff() throws Exception {
    int port = serve(new ClientConnections(vertx, 10, LATE, SOON, LATE));
    Socket slow = connect(port);
    write(slow, "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 100000\r\n\r\n");

    dripUntilClosed(slow);
  }

  @Test
  void accept_oneTooMany_isClosedAndOthersAreServed() throws Exception {
    int port = serve(new ClientConnections(vertx, 2, LATE, LATE, LATE));
    Socket first = connect(port);
    get(first);
    Socket second = connect(port);
    get(second);

    Socket third = connect(port);
    assertThat(third.getInputStream().read()).isEqualTo(-1);

    get(first);
    second.close();
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(() -> get(connect(port)).startsWith("HTTP/1.1 200"));
  }

  /** The client's window is full, so an end after what is still to be sent would never come. */
  @Test
  void answer_thatIsNotRead_isCutOff() throws Exception {
    int port = serve(new ClientConnections(vertx, 1, SOON, SOON, SOON));
    Socket deaf = connect(port);
    write(deaf, "GET /long HTTP/1.1\r\nHost: here\r\n\r\n");

    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(() -> get(connect(port)).startsWith("HTTP/1.1 200"));
  }

  private static String get(Socket socket) throws IOException {
    write(socket, "GET / HTTP/1.1\r\nHost: here\r\n\r\n");
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("hello") < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new IOException("closed after: " + answer);
      }
      answer.append((char) next);
    }
    return answer.toString();
  }
}
