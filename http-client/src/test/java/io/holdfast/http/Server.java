package io.holdfast.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.registry.ServiceInstance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** An instance on the loopback that answers as a test wants, and notes what it was asked. */
final class Server implements AutoCloseable {

  /** What it does with a request. */
  enum Manner {
    /** Says 200 and its name. */
    ANSWER,
    /** Says 500. */
    FAIL,
    /** Says 429. */
    REFUSE,
    /** Says 409. */
    CONFLICT,
    /** Says 503. */
    UNAVAILABLE,
    /** Reads the request and closes the connection. */
    DROP,
    /** Answers as {@link #ANSWER} does, but not before {@link #release}. */
    HOLD
  }

  private final String id;
  private final HttpServer http;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch released = new CountDownLatch(1);
  private final BlockingQueue<String> arrivals = new LinkedBlockingQueue<>();
  private final List<String> keys = new CopyOnWriteArrayList<>();
  private volatile Manner manner;

  Server(String id, Manner manner) {
    this.id = id;
    this.manner = manner;
    try {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    http.createContext("/", this::handle);
    http.setExecutor(threads);
    http.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      String key = exchange.getRequestHeaders().getFirst(HttpCall.IDEMPOTENCY_KEY);
      keys.add(key == null ? "" : key);
      arrivals.add(exchange.getRequestMethod());
      switch (manner) {
        case ANSWER -> answer(exchange, 200);
        case FAIL -> answer(exchange, 500);
        case REFUSE -> answer(exchange, 429);
        case CONFLICT -> answer(exchange, 409);
        case UNAVAILABLE -> answer(exchange, 503);
        case DROP -> {}
        case HOLD -> {
          released.await();
          answer(exchange, 200);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer(HttpExchange exchange, int status) throws IOException {
    byte[] body = id.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  ServiceInstance instance() {
    return ServiceInstance.http("s", id, "127.0.0.1", http.getAddress().getPort());
  }

  /** An instance that nobody is behind. */
  static ServiceInstance absent(String id) {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return ServiceInstance.http("s", id, "127.0.0.1", taken.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void be(Manner other) {
    manner = other;
  }

  void release() {
    released.countDown();
  }

  /** Waits until a request has come in. */
  String awaitArrival() throws InterruptedException {
    return arrivals.take();
  }

  int requests() {
    return keys.size();
  }

  /** The idempotency keys of all requests. */
  List<String> keys() {
    return List.copyOf(keys);
  }

  @Override
  public void close() {
    release();
    http.stop(0);
    threads.shutdownNow();
  }
}
