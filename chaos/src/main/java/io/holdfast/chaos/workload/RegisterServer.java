package io.holdfast.chaos.workload;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the locks guard: values behind fences, never hurt by any fault.
 *
 * <p>A line asks, a line answers: {@code seal NAME TOKEN CLIENT} gives {@code true VALUE} or {@code
 * false VALUE}; {@code write NAME TOKEN VALUE} gives {@code true} or {@code false}; {@code read
 * NAME} gives the value.
 */
public final class RegisterServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RegisterServer.class);

  private final ServerSocket listener;

  private final GuardedValues values;

  /** Who has sealed what and not yet written, and since when. Guarded by this. */
  private final Map<String, Seal> open = new HashMap<>();

  /** By name, when the last turn began that ended with a write. Guarded by this. */
  private final Map<String, Long> turns = new HashMap<>();

  private record Seal(String client, long nanos) {}

  /** Listens at {@code address}, and guards values as it should. */
  public RegisterServer(String address) {
    this(address, new GuardedValues());
  }

  /** Listens at {@code address}. */
  RegisterServer(String address, GuardedValues values) {
    this.values = values;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getByName(address));
    } catch (IOException e) {
      throw new UncheckedIOException("no port for the register", e);
    }
    spawn("holdfast-register-accept", this::accept);
  }

  /** How many requests a fence refused. */
  public long refused() {
    return values.refused();
  }

  /** Where clients reach it. */
  public InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  /** A client that sealed a register at least {@code age} ago, and is yet to write it. */
  public synchronized Optional<String> inTheMiddle(Duration age) {
    long now = System.nanoTime();
    return open.values().stream()
        .filter(seal -> now - seal.nanos() > age.toNanos())
        .max(Comparator.comparingLong(Seal::nanos))
        .map(Seal::client);
  }

  /** Those that were written once, but in no turn that began after {@code nanos}. */
  public synchronized List<String> idleSince(long nanos) {
    return turns.entrySet().stream()
        .filter(turn -> turn.getValue() - nanos <= 0)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private void accept() throws IOException {
    while (!listener.isClosed()) {
      Socket client = listener.accept();
      spawn("holdfast-register", () -> serve(client));
    }
  }

  private void serve(Socket client) throws IOException {
    try (client;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
      client.setTcpNoDelay(true);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String answer = answer(line.split(" ", -1)) + "\n";
        client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
      }
    }
  }

  private String answer(String[] asked) {
    String name = asked[1];
    return switch (asked[0]) {
      case "seal" -> {
        GuardedValues.Answer answer = values.seal(name, asked[2]);
        if (answer.accepted()) {
          sealed(name, asked[3]);
        }
        yield answer.accepted() + " " + answer.value();
      }
      case "write" -> {
        GuardedValues.Answer answer = values.write(name, asked[2], asked[3]);
        written(name, answer.accepted());
        yield Boolean.toString(answer.accepted());
      }
      default -> values.read(name);
    };
  }

  private synchronized void sealed(String name, String client) {
    open.put(name, new Seal(client, System.nanoTime()));
  }

  private synchronized void written(String name, boolean accepted) {
    Seal seal = open.remove(name);
    if (accepted && seal != null) {
      turns.merge(name, seal.nanos(), Math::max);
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void spawn(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                LOG.trace("a client of the register is gone", e);
              }
            },
            name);
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
  }
}
