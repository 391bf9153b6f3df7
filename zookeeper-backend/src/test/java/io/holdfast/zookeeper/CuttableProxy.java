package io.holdfast.zookeeper;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * A port that passes everything on to another, loses or holds back what it is told to, and cuts.
 */
final class CuttableProxy implements AutoCloseable {

  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean losesRequests;
  private volatile boolean losesReplies;
  private volatile CountDownLatch held = new CountDownLatch(0);

  private CuttableProxy(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  static CuttableProxy to(int target) {
    try {
      CuttableProxy proxy = new CuttableProxy(target);
      spawn(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void spawn(Runnable work) {
    Thread thread = new Thread(work, "cuttable-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  String uri(String namespace) {
    return "zookeeper://127.0.0.1:" + listener.getLocalPort() + "/" + namespace;
  }

  /** From now on what the client sends is lost. */
  void loseRequests() {
    losesRequests = true;
  }

  /** From now on what the server sends is lost. */
  void loseReplies() {
    losesReplies = true;
  }

  /**
   * From now on what the server sends is held back.
   *
   * @return lets it through, in its order
   */
  Runnable holdReplies() {
    CountDownLatch gate = new CountDownLatch(1);
    held = gate;
    return gate::countDown;
  }

  /** Breaks every connection; new ones lose nothing. */
  void cut() {
    closeAll();
    losesRequests = false;
    losesReplies = false;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(client);
        open.add(server);
        spawn(() -> pump(client, server, true));
        spawn(() -> pump(server, client, false));
      } catch (IOException e) {
        closeAll();
      }
    }
  }

  private void pump(Socket from, Socket to, boolean requests) {
    byte[] buffer = new byte[8_192];
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (!requests) {
          held.await();
        }
        if (!(requests ? losesRequests : losesReplies)) {
          out.write(buffer, 0, read);
        }
      }
    } catch (IOException e) {
      // The connection is over, which is all that a proxy needs to know.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private void closeAll() {
    for (Socket socket : open) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    closeAll();
  }
}
