package io.holdfast.spi;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * For backends: finds out why no server is reached, for clients that do not tell, by a plain
 * connection of its own to each. Blocks: for a thread of its own.
 */
public final class ConnectProbe {

  private static final int DEEPEST = 20;

  private ConnectProbe() {}

  /**
   * Tries one after the other.
   *
   * @param servers as {@code host:port}
   * @param patience with each
   * @return each server with its reason, such as {@code connection refused 127.0.0.1:2181}
   */
  public static String ask(List<String> servers, Duration patience) {
    return servers.stream()
        .map(server -> ask(server, patience))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static String ask(String server, Duration patience) {
    int colon = server.lastIndexOf(':');
    String host = server.substring(0, colon).replaceAll("[\\[\\]]", "");
    int port = Integer.parseInt(server.substring(colon + 1));
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), Math.max(1, Durations.intMillis(patience)));
      return server + " accepts connections and does not serve us: is it part of a majority?";
    } catch (IOException e) {
      return explain(e, server)
          .orElseGet(() -> "no connection to " + server + " (" + e.getMessage() + ")");
    }
  }

  /**
   * Reads the reason from a failure and what that came from.
   *
   * @param server as {@code host:port}, for the message
   * @return empty if the failure says nothing of a connection
   */
  public static Optional<String> explain(Throwable failure, String server) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
      Optional<String> found = explainOne(cause, server);
      if (found.isPresent()) {
        return found;
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  private static Optional<String> explainOne(Throwable cause, String server) {
    if (!(cause instanceof IOException)) {
      return Optional.empty();
    }
    String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (cause instanceof UnknownHostException) {
      return Optional.of("unknown host " + server.substring(0, server.lastIndexOf(':')));
    }
    if (cause instanceof NoRouteToHostException || message.contains("unreachable")) {
      return Optional.of("no route to " + server);
    }
    if (cause instanceof SocketTimeoutException || message.contains("timed out")) {
      return Optional.of("no answer from " + server);
    }
    return cause instanceof ConnectException && message.contains("refused")
        ? Optional.of("connection refused " + server)
        : Optional.empty();
  }
}
