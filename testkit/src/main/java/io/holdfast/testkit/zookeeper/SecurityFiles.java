package io.holdfast.testkit.zookeeper;

import io.holdfast.coordination.security.Login;
import io.holdfast.testkit.tls.ServerTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a ZooKeeper server under test needs for TLS and logins. */
final class SecurityFiles {

  /** The users, as JAAS wants them. */
  static final String USERS = "jaas.conf";

  private static final String KEY_STORE = "server.pem";

  private SecurityFiles() {}

  /** Lines for the server's configuration. */
  static List<String> configuration(Path folder, int securePort, ServerSettings settings) {
    List<String> lines = new ArrayList<>();
    settings
        .tls()
        .ifPresent(
            tls -> {
              lines.add("secureClientPort=" + securePort);
              lines.add("secureClientPortAddress=127.0.0.1");
              lines.add("ssl.keyStore.location=" + folder.resolve(KEY_STORE));
              lines.add("ssl.keyStore.type=PEM");
              lines.add("ssl.trustStore.location=" + tls.authorities());
              lines.add("ssl.trustStore.type=PEM");
              lines.add("ssl.enabledProtocols=TLSv1.3,TLSv1.2");
              boolean certified = tls.clients() == ServerTls.Clients.CERTIFIED;
              lines.add("ssl.clientAuth=" + (certified ? "need" : "none"));
              if (certified) {
                lines.add(
                    "authProvider.x509="
                        + "org.apache.zookeeper.server.auth.X509AuthenticationProvider");
              }
            });
    if (!settings.users().isEmpty()) {
      lines.add("authProvider.sasl=org.apache.zookeeper.server.auth.SASLAuthenticationProvider");
    }
    return lines;
  }

  /** The files that the lines name. */
  static void write(Path folder, ServerSettings settings) throws IOException {
    Optional<ServerTls> tls = settings.tls();
    if (tls.isPresent()) {
      Files.writeString(
          folder.resolve(KEY_STORE),
          Files.readString(tls.get().certificate().key())
              + "\n"
              + Files.readString(tls.get().certificate().chain()));
    }
    StringBuilder users = new StringBuilder();
    if (!settings.users().isEmpty()) {
      users.append("Server {\n  org.apache.zookeeper.server.auth.DigestLoginModule required");
      for (Login login : settings.users()) {
        users
            .append("\n  user_")
            .append(login.user())
            .append("=\"")
            .append(login.password().read())
            .append('"');
      }
      users.append(";\n};\n");
    }
    Files.writeString(folder.resolve(USERS), users);
  }
}
