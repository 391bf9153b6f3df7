package io.holdfast.testkit.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ports on loopback for servers that are stopped and started again.
 *
 * <p>They lie below those that a system gives to whoever asks for any port: neither a connection on
 * its way out nor a listener on port 0 can take one while its server is down, and no client that
 * still looks for a server finds a stranger there. Each JVM takes whole blocks of them, which it
 * keeps for its life by listening on the first port of each; within a JVM none is given twice as
 * long as there are blocks.
 */
public final class FreePorts {

  private static final int LOWEST = 10_000;
  private static final int HIGHEST = 32_000;
  private static final int BLOCK = 250;

  /** Guarded by the class, as is what follows: the first ports of the blocks of this JVM. */
  private static final List<ServerSocket> BLOCKS = new ArrayList<>();

  private static int next;
  private static int left;

  private FreePorts() {}

  /**
   * Finds {@code count} different ports that nobody listens on at the moment of asking. A program
   * that knows nothing of blocks may take one before it is used, so whoever starts a server on it
   * looks whether that server really came up.
   *
   * @throws IllegalStateException if all are in use
   */
  public static synchronized List<Integer> find(int count) {
    List<Integer> found = new ArrayList<>();
    for (int tries = 0; tries < HIGHEST - LOWEST && found.size() < count; tries++) {
      int port = nextPort();
      if (!found.contains(port) && isFree(port)) {
        found.add(port);
      }
    }
    if (found.size() < count) {
      throw new IllegalStateException(
          "no %d free ports on loopback from %d to %d".formatted(count, LOWEST, HIGHEST));
    }
    return List.copyOf(found);
  }

  private static int nextPort() {
    if (left == 0) {
      next = nextBlock() + 1;
      left = BLOCK - 1;
    }
    left--;
    return next++;
  }

  /** The first port of a new block, or of the oldest one if all are taken. */
  private static int nextBlock() {
    // Where to look first differs, so that several JVMs do not all try the same ones.
    int blocks = (HIGHEST - LOWEST) / BLOCK;
    int start = Math.floorMod(ProcessHandle.current().pid(), blocks);
    for (int i = 0; i < blocks; i++) {
      ServerSocket first = listen(LOWEST + (start + i) % blocks * BLOCK);
      if (first != null) {
        BLOCKS.add(first);
        return first.getLocalPort();
      }
    }
    if (BLOCKS.isEmpty()) {
      throw new IllegalStateException(
          "every block of ports from %d to %d is taken; end other test runs"
              .formatted(LOWEST, HIGHEST));
    }
    ServerSocket oldest = BLOCKS.remove(0);
    BLOCKS.add(oldest);
    return oldest.getLocalPort();
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = listen(port)) {
      return socket != null;
    } catch (IOException e) {
      return false;
    }
  }

  private static @Nullable ServerSocket listen(int port) {
    try {
      return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      return null;
    }
  }
}
