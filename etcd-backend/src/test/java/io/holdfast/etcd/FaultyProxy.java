package io.holdfast.etcd;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A TCP proxy in front of one server that can lose replies, hold requests up, and cut. */
final class FaultyProxy implements AutoCloseable {

  private enum Mode {
    FORWARD,
    LOSE_REPLIES,
    HOLD_REQUESTS,
    LOSE_REQUESTS,
    REFUSE
  }

  private final ServerSocket listener;
  private final String host;
  private final int port;
  private final List<Link> links = new CopyOnWriteArrayList<>();
  private volatile Mode mode = Mode.FORWARD;

  FaultyProxy(String endpoint) {
    this.host = endpoint.substring(0, endpoint.lastIndexOf(':'));
    this.port = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
    try {
      this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run("accept", this::accept);
  }

  String endpoint() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** From now on what the server answers is thrown away. */
  void loseReplies() {
    mode = Mode.LOSE_REPLIES;
  }

  /** From now on requests are kept here. */
  void holdRequests() {
    mode = Mode.HOLD_REQUESTS;
  }

  /** How many bytes of requests are kept. */
  int held() {
    return links.stream().mapToInt(Link::held).sum();
  }

  /** True if {@code text} is in a request that is kept. */
  boolean holds(String text) {
    return links.stream().anyMatch(link -> link.holds(text));
  }

  /** What was kept stays kept; from now on requests are thrown away. */
  void loseRequests() {
    mode = Mode.LOSE_REQUESTS;
  }

  /** Hands what was kept to the server, on the old connections. */
  void releaseHeld() {
    links.forEach(Link::release);
  }

  /** Cuts all connections, and new ones too. */
  void refuse() {
    mode = Mode.REFUSE;
    links.forEach(Link::close);
  }

  /** Cuts all connections; new ones work. */
  void heal() {
    mode = Mode.FORWARD;
    links.forEach(Link::close);
  }

  private void accept() throws IOException {
    while (!listener.isClosed()) {
      Socket client = listener.accept();
      if (mode == Mode.REFUSE) {
        client.close();
        continue;
      }
      Link link = new Link(client, new Socket(host, port));
      links.add(link);
      run("requests", link::pumpRequests);
      run("replies", link::pumpReplies);
    }
  }

  private final class Link {

    private final Socket client;
    private final Socket server;

    /** Guarded by itself. */
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    Link(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    int held() {
      synchronized (kept) {
        return kept.size();
      }
    }

    boolean holds(String text) {
      synchronized (kept) {
        return kept.toString(StandardCharsets.ISO_8859_1).contains(text);
      }
    }

    void release() {
      synchronized (kept) {
        try {
          server.getOutputStream().write(kept.toByteArray());
          server.getOutputStream().flush();
        } catch (IOException e) {
          close();
        }
        kept.reset();
      }
    }

    void pumpRequests() throws IOException {
      InputStream in = client.getInputStream();
      OutputStream out = server.getOutputStream();
      byte[] buffer = new byte[65_536];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (mode == Mode.HOLD_REQUESTS) {
          synchronized (kept) {
            kept.write(buffer, 0, read);
          }
        } else if (mode != Mode.LOSE_REQUESTS) {
          release();
          out.write(buffer, 0, read);
        }
      }
      close();
    }

    void pumpReplies() throws IOException {
      InputStream in = server.getInputStream();
      OutputStream out = client.getOutputStream();
      byte[] buffer = new byte[65_536];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (mode != Mode.LOSE_REPLIES) {
          out.write(buffer, 0, read);
        }
      }
      close();
    }

    void close() {
      links.remove(this);
      for (Socket socket : List.of(client, server)) {
        try {
          socket.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private interface Io {
    void run() throws IOException;
  }

  private static void run(String name, Io task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException e) {
                // A connection or the listener was closed: the end of this thread.
              }
            },
            "proxy-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    new ArrayList<>(links).forEach(Link::close);
  }
}
