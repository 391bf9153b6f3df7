package io.holdfast.testkit.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Link} made of a port on loopback that passes everything on to a server. One thread for
 * each way of each connection.
 */
public final class ProxyLink implements Link, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ProxyLink.class);
  private static final int CONNECT_MILLIS = 5_000;

  private final InetSocketAddress server;
  private final ServerSocket listener;
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong hurt = new AtomicLong();
  private final AtomicInteger broken = new AtomicInteger();
  private final AtomicInteger accepted = new AtomicInteger();

  /** Replaced as a whole. */
  private volatile Set<Direction> cut = Set.of();

  private volatile Duration delay = Duration.ZERO;

  /** On a free port of loopback. */
  public ProxyLink(String host, int port) {
    this(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), host, port);
  }

  /** At an address of this process. */
  public ProxyLink(InetSocketAddress at, String host, int port) {
    server = new InetSocketAddress(host, port);
    try {
      listener = new ServerSocket(at.getPort(), 50, at.getAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("no port for a proxy", e);
    }
    run("accept", this::accept);
  }

  /** Where the client connects, {@code host:port}. */
  public String endpoint() {
    return listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort();
  }

  /** How many connections were made to it. */
  public int accepted() {
    return accepted.get();
  }

  @Override
  public synchronized void cut(Direction direction) {
    Set<Direction> more = EnumSet.of(direction);
    more.addAll(cut);
    cut = Set.copyOf(more);
  }

  @Override
  public void delay(Duration longer) {
    delay = longer;
  }

  @Override
  public void lose(int percent) {
    throw new UnsupportedOperationException("a proxy has no packets to lose");
  }

  @Override
  public void reset() {
    for (Connection connection : open) {
      broken.incrementAndGet();
      connection.close();
    }
  }

  @Override
  public synchronized void heal() {
    cut = Set.of();
    delay = Duration.ZERO;
    hurt.set(0);
    broken.set(0);
    open.stream().filter(connection -> connection.lost).forEach(Connection::close);
  }

  @Override
  public long hurt() {
    return hurt.get();
  }

  @Override
  public int broken() {
    return broken.get();
  }

  @Override
  public String toString() {
    return "the way to " + server;
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(Connection::close);
  }

  private void accept() throws IOException {
    while (!listener.isClosed()) {
      Socket client = listener.accept();
      accepted.incrementAndGet();
      Connection connection = new Connection(client, new Socket());
      open.add(connection);
      run("requests", connection::connectAndPumpRequests);
    }
  }

  private final class Connection {

    private final Socket client;
    private final Socket upstream;

    /** Something that was sent on it did not arrive: it can only be broken. */
    private volatile boolean lost;

    Connection(Socket client, Socket upstream) {
      this.client = client;
      this.upstream = upstream;
    }

    void connectAndPumpRequests() throws IOException {
      try {
        client.setTcpNoDelay(true);
        upstream.setTcpNoDelay(true);
        upstream.connect(server, CONNECT_MILLIS);
        run("replies", () -> pump(upstream, client, Direction.REPLIES));
        pump(client, upstream, Direction.REQUESTS);
      } finally {
        close();
      }
    }

    private void pump(Socket from, Socket to, Direction direction) throws IOException {
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] buffer = new byte[65_536];
        boolean mute = false;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          if (!delay.isZero()) {
            hurt.addAndGet(read);
            LockSupport.parkNanos(delay.toNanos());
          }
          mute |= cut.contains(direction);
          if (mute) {
            lost = true;
            hurt.addAndGet(read);
          } else {
            out.write(buffer, 0, read);
          }
        }
      } finally {
        close();
      }
    }

    void close() {
      open.remove(this);
      closeQuietly(client);
      closeQuietly(upstream);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("closing a connection of a proxy", e);
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void run(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                LOG.trace("a connection of a proxy is over", e);
              }
            },
            "holdfast-link-" + name);
    thread.setDaemon(true);
    thread.start();
  }
}
