package io.holdfast.zookeeper.internal.inspect;

import io.holdfast.spi.Durations;
import io.holdfast.spi.Finding;
import io.holdfast.spi.tls.TlsProblem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Asks one server what it is, by four-letter words. */
public final class FourLetterWords {

  private static final Pattern VERSION = Pattern.compile("version: (\\d+)\\.(\\d+)\\.(\\d+)");
  private static final Pattern MODE = Pattern.compile("Mode: (\\w+)");
  private static final Pattern TICK = Pattern.compile("tickTime=(\\d{1,9})\\b");

  /** Before it, CVE-2026-24281 and CVE-2026-24308. */
  private static final int[] FLOOR = {3, 9, 5};

  private static final int LONGEST_ANSWER = 64 * 1024;

  private final String host;
  private final int port;
  private final int patienceMs;

  private final Optional<SSLContext> tls;

  /**
   * Asks {@code server}, {@code host:port}, for at most {@code patience}.
   *
   * @param tls with which to ask, if by TLS
   */
  public FourLetterWords(String server, Duration patience, Optional<SSLContext> tls) {
    this.tls = tls;
    int colon = server.lastIndexOf(':');
    this.host = server.substring(0, colon).replaceAll("[\\[\\]]", "");
    this.port = Integer.parseInt(server.substring(colon + 1));
    this.patienceMs = Math.max(1, Durations.intMillis(patience));
  }

  private String subject() {
    return "server " + host + ":" + port;
  }

  /** Connects, and asks. */
  Finding ask() {
    try {
      return judge(subject(), answer("srvr"));
    } catch (IOException e) {
      return unreachable(e);
    }
  }

  /** How long a tick is; empty if it does not say, as by default it may not. */
  public Optional<Duration> tick() {
    try {
      return tick(answer("conf"));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  public static Optional<Duration> tick(String answer) {
    Matcher tick = TICK.matcher(answer);
    return tick.find()
        ? Optional.of(Duration.ofMillis(Long.parseLong(tick.group(1))))
        : Optional.empty();
  }

  private String answer(String word) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), patienceMs);
      socket.setSoTimeout(patienceMs);
      if (tls.isEmpty()) {
        return answer(word, socket);
      }
      try (SSLSocket secure =
          (SSLSocket) tls.get().getSocketFactory().createSocket(socket, host, port, true)) {
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return answer(word, secure);
      }
    }
  }

  private static String answer(String word, Socket socket) throws IOException {
    socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
    try {
      byte[] answer = socket.getInputStream().readNBytes(LONGEST_ANSWER);
      return new String(answer, StandardCharsets.US_ASCII);
    } catch (SocketTimeoutException e) {
      return "";
    }
  }

  private Finding unreachable(IOException why) {
    if (why instanceof UnknownHostException) {
      return Finding.problem(subject(), "unknown host " + host, "check the name");
    }
    Optional<String> problem = TlsProblem.explain(why, host + ":" + port);
    if (problem.isPresent()) {
      return Finding.problem(subject(), problem.get(), "change the address or the credentials");
    }
    return why instanceof SSLException || String.valueOf(why.getMessage()).contains("reset")
        ? cutOff(subject(), tls.isPresent())
        : Finding.problem(
            subject(),
            "does not answer: " + why.getMessage(),
            "see whether it runs, and whether a firewall is in the way");
  }

  private static Finding cutOff(String subject, boolean byTls) {
    return byTls
        ? Finding.problem(subject, TlsProblem.CUT_OFF, "name its TLS port, or leave +tls out")
        : noZooKeeper(subject);
  }

  private static Finding noZooKeeper(String subject) {
    return Finding.problem(
        subject,
        "is no ZooKeeper, or does not answer as one",
        "check host and port; if it speaks TLS only, put +tls behind the scheme of the address");
  }

  static Finding judge(String subject, String answer) {
    Matcher version = VERSION.matcher(answer);
    Matcher mode = MODE.matcher(answer);
    if (!version.find()) {
      if (answer.contains("not currently serving")) {
        return Finding.problem(
            subject, "runs, but is not part of a majority", "see to the other servers");
      }
      return answer.contains("whitelist")
          ? Finding.warning(
              subject,
              "does not tell its version",
              "allow it to: 4lw.commands.whitelist=srvr in its configuration")
          : noZooKeeper(subject);
    }
    int[] numbers = {
      Integer.parseInt(version.group(1)),
      Integer.parseInt(version.group(2)),
      Integer.parseInt(version.group(3))
    };
    String what =
        "ZooKeeper %d.%d.%d, %s"
            .formatted(
                numbers[0], numbers[1], numbers[2], mode.find() ? mode.group(1) : "unknown role");
    return Arrays.compare(numbers, FLOOR) < 0
        ? Finding.warning(
            subject, what, "upgrade to 3.9.5 or later: CVE-2026-24281, CVE-2026-24308")
        : Finding.ok(subject, what);
  }
}
