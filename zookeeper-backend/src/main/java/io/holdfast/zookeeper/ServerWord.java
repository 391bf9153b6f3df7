package io.holdfast.zookeeper;

import io.holdfast.coordination.Finding;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks one server what it is, by the four-letter word {@code srvr}. */
final class ServerWord {

  private static final Pattern VERSION = Pattern.compile("version: (\\d+)\\.(\\d+)\\.(\\d+)");
  private static final Pattern MODE = Pattern.compile("Mode: (\\w+)");

  /** Before it, CVE-2026-24281 and CVE-2026-24308. */
  private static final int[] FLOOR = {3, 9, 5};

  private static final int LONGEST_ANSWER = 64 * 1024;

  private final String host;
  private final int port;
  private final int patienceMs;

  /** Asks {@code server}, {@code host:port}, for at most {@code patience}. */
  ServerWord(String server, Duration patience) {
    int colon = server.lastIndexOf(':');
    this.host = server.substring(0, colon).replaceAll("[\\[\\]]", "");
    this.port = Integer.parseInt(server.substring(colon + 1));
    this.patienceMs = Math.toIntExact(Math.max(1, patience.toMillis()));
  }

  private String subject() {
    return "server " + host + ":" + port;
  }

  /** Connects only: over TLS there is no such word. */
  Finding reach() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), patienceMs);
      return Finding.ok(
          subject(), "can be reached; its version is not asked for, which cannot be done over TLS");
    } catch (IOException e) {
      return unreachable(e);
    }
  }

  /** Connects, and asks. */
  Finding ask() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), patienceMs);
      socket.setSoTimeout(patienceMs);
      socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(LONGEST_ANSWER);
      return judge(subject(), new String(answer, StandardCharsets.US_ASCII));
    } catch (IOException e) {
      return unreachable(e);
    }
  }

  private Finding unreachable(IOException why) {
    return Finding.problem(
        subject(),
        "does not answer: " + why.getMessage(),
        "see whether it runs, and whether a firewall is in the way");
  }

  static Finding judge(String subject, String answer) {
    Matcher version = VERSION.matcher(answer);
    Matcher mode = MODE.matcher(answer);
    if (!version.find()) {
      return answer.contains("not currently serving")
          ? Finding.problem(
              subject, "runs, but is not part of a majority", "see to the other servers")
          : Finding.warning(
              subject,
              "does not tell its version",
              "allow it to: 4lw.commands.whitelist=srvr in its configuration");
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
