package io.holdfast.zookeeper;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.apache.zookeeper.KeeperException.Code;

/**
 * A port that passes everything on to another, loses or holds back what it is told to, and cuts.
 */
final class CuttableProxy implements AutoCloseable {

  /** ZooKeeper's own limit, {@code jute.maxbuffer}. */
  private static final int LONGEST_REQUEST = 1 << 20;

  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Queue<Integer> throttled = new ConcurrentLinkedQueue<>();
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

  /**
   * Answers the next requests of these types, in this order, that they were throttled, and does not
   * pass them on. Other requests pass.
   *
   * @param types as in ZooKeeper's {@code ZooDefs.OpCode}
   */
  void throttle(Integer... types) {
    throttled.addAll(List.of(types));
  }

  /** True if all that was to be throttled was. */
  boolean hasThrottled() {
    return throttled.isEmpty();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(client);
        open.add(server);
        spawn(() -> pumpRequests(client, server));
        spawn(() -> pumpReplies(server, client));
      } catch (IOException e) {
        closeAll();
      }
    }
  }

  /** One by one, each with its length before it, its number and its type. */
  private void pumpRequests(Socket client, Socket server) {
    try (client;
        server;
        DataInputStream in = new DataInputStream(client.getInputStream());
        DataOutputStream out = new DataOutputStream(server.getOutputStream())) {
      boolean first = true;
      while (true) {
        int length = in.readInt();
        if (length < 0 || length > LONGEST_REQUEST) {
          // Four letters, which are answered without any framing.
          out.writeInt(length);
          in.transferTo(out);
          return;
        }
        byte[] request = in.readNBytes(length);
        if (!first && isThrottled(ByteBuffer.wrap(request).getInt(Integer.BYTES))) {
          refuse(ByteBuffer.wrap(request).getInt(), client);
        } else if (!losesRequests) {
          ByteBuffer framed = ByteBuffer.allocate(Integer.BYTES + request.length);
          out.write(framed.putInt(request.length).put(request).array());
        }
        first = false;
      }
    } catch (IOException e) {
      // The connection is over, which is all that a proxy needs to know.
    } finally {
      open.remove(client);
      open.remove(server);
    }
  }

  private boolean isThrottled(int type) {
    Integer next = throttled.peek();
    return next != null && next == type && throttled.remove(next);
  }

  private static void refuse(int number, Socket client) throws IOException {
    int length = Integer.BYTES + Long.BYTES + Integer.BYTES;
    ByteBuffer reply = ByteBuffer.allocate(Integer.BYTES + length);
    reply.putInt(length).putInt(number).putLong(0).putInt(Code.THROTTLEDOP.intValue());
    OutputStream out = client.getOutputStream();
    synchronized (client) {
      out.write(reply.array());
    }
  }

  private void pumpReplies(Socket from, Socket to) {
    byte[] buffer = new byte[8_192];
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        held.await();
        if (!losesReplies) {
          synchronized (to) {
            out.write(buffer, 0, read);
          }
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
