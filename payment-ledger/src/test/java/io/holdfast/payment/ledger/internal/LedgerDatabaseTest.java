package io.holdfast.payment.ledger.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.payment.ledger.DatabaseConfig;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class LedgerDatabaseTest {

  /** Says that it is this version, and to every query that all is well. */
  private static void serve(ServerSocket port, String version) {
    while (true) {
      try (Socket client = port.accept();
          DataInputStream in = new DataInputStream(client.getInputStream());
          DataOutputStream out = new DataOutputStream(client.getOutputStream())) {
        in.readNBytes(in.readInt() - 4);
        message(out, 'R', new byte[4]);
        message(out, 'S', text("server_version", version));
        message(out, 'S', text("client_encoding", "UTF8"));
        message(out, 'S', text("DateStyle", "ISO, MDY"));
        message(out, 'S', text("standard_conforming_strings", "on"));
        message(out, 'S', text("integer_datetimes", "on"));
        message(out, 'Z', new byte[] {'I'});
        while (true) {
          int type = in.readByte();
          in.readNBytes(in.readInt() - 4);
          switch (type) {
            case 'P' -> message(out, '1', new byte[0]);
            case 'B' -> message(out, '2', new byte[0]);
            case 'D' -> message(out, 'n', new byte[0]);
            case 'E', 'Q' -> message(out, 'C', text("SET"));
            default -> {}
          }
          if (type == 'S' || type == 'Q') {
            message(out, 'Z', new byte[] {'I'});
          }
        }
      } catch (IOException next) {
        if (port.isClosed()) {
          return;
        }
      }
    }
  }

  private static byte[] text(String... texts) {
    return (String.join("\0", texts) + "\0").getBytes(StandardCharsets.US_ASCII);
  }

  private static void message(DataOutputStream out, char type, byte[] body) throws IOException {
    out.writeByte(type);
    out.writeInt(body.length + 4);
    out.write(body);
    out.flush();
  }

  @Test
  void open_serverThatIsTooOld_saysWhatIsNeeded() throws Exception {
    try (ServerSocket port = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread server = new Thread(() -> serve(port, "11.22"), "old-postgres");
      server.setDaemon(true);
      server.start();
      DatabaseConfig config =
          DatabaseConfig.of(
              "jdbc:postgresql://127.0.0.1:"
                  + port.getLocalPort()
                  + "/payments?sslmode=disable&gssEncMode=disable",
              "payments",
              "secret-of-the-test");

      assertThatThrownBy(
              () ->
                  LedgerDatabase.open(
                      "accounts", config, "node", Duration.ofSeconds(5), InstantSource.system()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("accounts is of PostgreSQL 11")
          .hasMessageContaining("needs 12 or later: upgrade its server")
          .satisfies(
              failure -> assertThat(failure.toString()).doesNotContain("secret-of-the-test"));
    }
  }

  @Test
  void requireVersion_thatIsOldEnough_isTaken() {
    LedgerDatabase.requireVersion("accounts", 12);
  }
}
