package io.holdfast.zookeeper.internal.client;

import io.holdfast.coordination.security.Login;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Hands users and passwords to ZooKeeper's client, which takes them only from the JVM's one JAAS
 * configuration.
 *
 * <p>So this stands before the configuration that was there: it answers for sections with names
 * that nobody else can know, one per session, and leaves all others to the former. It is put in
 * place again if the program has set another meanwhile.
 */
final class Logins extends Configuration {

  private static final String MODULE = "org.apache.zookeeper.server.auth.DigestLoginModule";
  private static final Map<String, Login> LOGINS = new ConcurrentHashMap<>();

  private final @Nullable Configuration former;

  private Logins(@Nullable Configuration former) {
    this.former = former;
  }

  /** A section of the configuration that is there as long as the session. */
  record Section(String key) {
    /** Its name, for a client that is about to look for it. */
    String name() {
      install();
      return key;
    }
  }

  static Section add(Login login) {
    Section section = new Section("holdfast-" + UUID.randomUUID());
    LOGINS.put(section.key(), login);
    return section;
  }

  static void remove(Section section) {
    LOGINS.remove(section.key());
  }

  private static synchronized void install() {
    Configuration current;
    try {
      current = Configuration.getConfiguration();
    } catch (SecurityException e) {
      // There is none.
      current = null;
    }
    if (!(current instanceof Logins)) {
      Configuration.setConfiguration(new Logins(current));
    }
  }

  @Override
  public AppConfigurationEntry @Nullable [] getAppConfigurationEntry(String name) {
    Login login = LOGINS.get(name);
    if (login == null) {
      return former == null ? null : former.getAppConfigurationEntry(name);
    }
    return new AppConfigurationEntry[] {
      new AppConfigurationEntry(
          MODULE,
          LoginModuleControlFlag.REQUIRED,
          Map.of("username", login.user(), "password", new String(login.password().read())))
    };
  }

  @Override
  public void refresh() {
    if (former != null) {
      former.refresh();
    }
  }
}
