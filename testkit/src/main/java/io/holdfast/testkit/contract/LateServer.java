package io.holdfast.testkit.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/** A port of loopback that shuts the door on everybody for a while, and leads to a server then. */
final class LateServer implements AutoCloseable {

  private final ServerSocket listener;
  private final int behind;
  private final long opens;

  /**
   * Begins at once.
   *
   * @param behind the server's port on loopback
   * @param late for how long the door is shut
   */
  LateServer(int behind, Duration late) {
    this.behind = behind;
    this.opens = System.nanoTime() + late.toNanos();
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private interface Work {
    void run() throws IOException;
  }

  /** In a thread of its own, until a connection ends or breaks. */
  private static void run(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // One side has gone; the other is closed by who opened it.
              }
            },
            "late-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (!listener.isClosed()) {
      Socket client = listener.accept();
      if (System.nanoTime() - opens < 0) {
        client.close();
      } else {
        Socket server = new Socket(InetAddress.getLoopbackAddress(), behind);
        run(() -> pass(client, server));
        run(() -> pass(server, client));
      }
    }
  }

  private static void pass(Socket from, Socket to) throws IOException {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
