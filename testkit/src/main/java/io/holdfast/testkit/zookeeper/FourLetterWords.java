package io.holdfast.testkit.zookeeper;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a server how it is, by ZooKeeper's four-letter words. */
public final class FourLetterWords {

  private static final int PATIENCE_MS = 1_000;
  private static final Pattern MODE = Pattern.compile("Mode: (\\w+)");

  private static final Pattern RECEIVED = Pattern.compile("Received: ([0-9]+)");

  private static final Pattern WATCHES = Pattern.compile("Total watches:([0-9]+)");

  private static final Pattern ZXID = Pattern.compile("Zxid: 0x([0-9a-f]+)");

  private FourLetterWords() {}

  /** {@code leader}, {@code follower} or {@code standalone}; empty if it does not serve. */
  public static Optional<String> mode(String host, int port) {
    Matcher mode = MODE.matcher(ask(host, port, "srvr"));
    return mode.find() ? Optional.of(mode.group(1)) : Optional.empty();
  }

  /**
   * True if the server at {@code host:port} leads or follows, or did until lately: it asks nobody.
   */
  public static boolean serves(String endpoint) {
    int colon = endpoint.lastIndexOf(':');
    return mode(endpoint.substring(0, colon), Integer.parseInt(endpoint.substring(colon + 1)))
        .isPresent();
  }

  /**
   * How many requests a server has had from clients since it started, pings among them.
   *
   * @throws IllegalStateException if it does not say
   */
  public static long received(String host, int port) {
    Matcher received = RECEIVED.matcher(ask(host, port, "srvr"));
    if (!received.find()) {
      throw new IllegalStateException(host + ":" + port + " does not answer");
    }
    return Long.parseLong(received.group(1));
  }

  /**
   * How many watches a server keeps for clients.
   *
   * @throws IllegalStateException if it does not say
   */
  public static long watches(String host, int port) {
    Matcher watches = WATCHES.matcher(ask(host, port, "wchs"));
    if (!watches.find()) {
      throw new IllegalStateException(host + ":" + port + " does not answer");
    }
    return Long.parseLong(watches.group(1));
  }

  /**
   * The number of the last transaction that a server has applied.
   *
   * @throws IllegalStateException if it does not say
   */
  public static long zxid(String host, int port) {
    Matcher zxid = ZXID.matcher(ask(host, port, "srvr"));
    if (!zxid.find()) {
      throw new IllegalStateException(host + ":" + port + " does not answer");
    }
    return Long.parseLong(zxid.group(1), 16);
  }

  private static String ask(String host, int port, String word) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), PATIENCE_MS);
      socket.setSoTimeout(PATIENCE_MS);
      socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      return "";
    }
  }
}
