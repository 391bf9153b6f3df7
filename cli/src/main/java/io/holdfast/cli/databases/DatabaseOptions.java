package io.holdfast.cli.databases;

import io.holdfast.cli.databases.DatabaseKind.Login;
import io.holdfast.coordination.security.Secret;
import io.holdfast.transaction.BranchList;
import io.holdfast.transaction.Participant;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name databases. A password is never on a command line. */
public final class DatabaseOptions {

  /** A participant's, or a database's own, which may have an underscore. */
  private static final String NAME = "[a-z0-9][a-z0-9_-]{0,62}";

  private static final String PASSWORD_VARIABLE = "HOLDFAST_DATABASE_PASSWORD";
  private static final Pattern NAMED = Pattern.compile("(?:(" + NAME + ")=)?(jdbc:[a-z0-9]+:.*)");

  /** Of an address without parameters; a host alone names no database. */
  private static final Pattern DATABASE =
      Pattern.compile("jdbc:[a-z0-9]+:(?://[^/]*/|(?!//)(?:.*[/:])?)([^/:]+)");

  private static final Pattern SECRET = Pattern.compile("(?i).*([?&;][a-z]*password=|//[^/?]*@).*");

  private static final Pattern USER = Pattern.compile("(?i).*[?&;]user=.*");
  private static final Pattern NAMED_FILE = Pattern.compile("(" + NAME + ")=(.+)");

  @Option(
      names = "--database",
      paramLabel = "[NAME=]URL",
      description =
          "a database, such as accounts=jdbc:postgresql://host:5432/accounts or"
              + " ledger=jdbc:mariadb://host:3306/ledger, under the name that its participant has"
              + " (default: the database's own name, in lower case); may be given several times."
              + " Decisions and audit records use that name, so give the participant's")
  private List<String> urls = new ArrayList<>();

  @Option(
      names = "--database-user",
      paramLabel = "NAME",
      defaultValue = "${env:HOLDFAST_DATABASE_USER}",
      description = "the user, where the URL names none; by default $HOLDFAST_DATABASE_USER")
  private @Nullable String user;

  @Option(
      names = "--database-password-file",
      paramLabel = "[NAME=]FILE",
      defaultValue = "${env:HOLDFAST_DATABASE_PASSWORD_FILE}",
      description =
          "its first line is the password, of all databases or of the named one; may be given several"
              + " times; by default $HOLDFAST_DATABASE_PASSWORD_FILE, and without one"
              + " $HOLDFAST_DATABASE_PASSWORD, or for PostgreSQL what ~/.pgpass says")
  private List<String> passwordFiles = new ArrayList<>();

  @Option(
      names = "--driver-path",
      paramLabel = "PATH",
      defaultValue = "${env:HOLDFAST_DRIVER_PATH}",
      description =
          "jars of JDBC drivers other than PostgreSQL's, and folders with such jars; by default"
              + " $HOLDFAST_DRIVER_PATH, or the folder drivers beside this command")
  private @Nullable String driverPath;

  /**
   * What was given.
   *
   * @param databases that can be used, as far as that is known without connecting
   * @param unusable the others, by name or address, with why
   */
  public record Given(List<NamedDatabase> databases, Map<String, String> unusable) {

    public Given {
      databases = List.copyOf(databases);
    }
  }

  /**
   * What could be opened.
   *
   * @param participants each of a database
   * @param lists of what they do not list
   * @param addresses of all of them, by name, for people and the audit trail
   * @param unreachable the databases that could not be opened, with why
   */
  public record Opened(
      List<Participant> participants,
      List<BranchList> lists,
      Map<String, String> addresses,
      Map<String, String> unreachable)
      implements AutoCloseable {
    @Override
    public void close() {
      for (Participant each : participants) {
        if (each instanceof AutoCloseable open) {
          try {
            open.close();
          } catch (Exception e) {
            throw new IllegalStateException("cannot close " + each.name(), e);
          }
        }
      }
    }
  }

  /**
   * All that were given.
   *
   * @param timeout for connecting and for each answer
   * @throws IllegalArgumentException if one has a password in it, if two have one name, or if some
   *     were given and none can be used
   */
  public Given given(Duration timeout) {
    List<NamedDatabase> databases = new ArrayList<>();
    Map<String, String> unusable = new LinkedHashMap<>();
    Set<String> names = new HashSet<>();
    for (String url : urls) {
      if (SECRET.matcher(url).matches()) {
        throw new IllegalArgumentException(
            "a --database has a password in it, which everybody on this machine can see: put it"
                + " into a file and give --database-password-file, and change it");
      }
      Matcher form = NAMED.matcher(url);
      if (!form.matches()) {
        unusable.put(
            url, "not a database; give [NAME=]jdbc:postgresql://host:5432/name, for example");
        continue;
      }
      String name = form.group(1) == null ? name(form.group(2), names.size()) : form.group(1);
      if (!names.add(name)) {
        throw new IllegalArgumentException(
            "two databases are called " + name + ": give NAME=URL for each");
      }
      try {
        databases.add(database(name, form.group(2), timeout));
      } catch (IllegalArgumentException e) {
        unusable.put(name, String.valueOf(e.getMessage()));
      }
    }
    if (databases.isEmpty() && !unusable.isEmpty()) {
      List<String> lines = new ArrayList<>();
      unusable.forEach((name, why) -> lines.add(name + ": " + why));
      throw new IllegalArgumentException(String.join("; ", lines));
    }
    return new Given(databases, unusable);
  }

  private static String name(String url, int number) {
    Matcher database = DATABASE.matcher(address(url));
    String name = database.matches() ? database.group(1).toLowerCase(Locale.ROOT) : "";
    return name.matches(NAME) ? name : "database-" + (number + 1);
  }

  private static String address(String url) {
    return url.replaceFirst("[?;].*", "");
  }

  private NamedDatabase database(String name, String url, Duration timeout) {
    DatabaseKind kind =
        switch (url.split(":", -1)[1]) {
          case "postgresql" -> new PostgresKind();
          case "mariadb", "mysql" -> new MariaDbKind();
          default -> new GenericJdbcKind();
        };
    JdbcDrivers drivers = JdbcDrivers.in(Optional.ofNullable(driverPath));
    return new NamedDatabase(
        name, address(url), kind.source(url, login(name, url), drivers, timeout), kind);
  }

  private Login login(String name, String url) {
    return new Login(
        Optional.ofNullable(user).filter(who -> !USER.matcher(url).matches()), password(name));
  }

  /** The database's own password file goes before the one for all. */
  private Optional<String> password(String database) {
    Optional<Path> file = Optional.empty();
    for (String each : passwordFiles) {
      Matcher named = NAMED_FILE.matcher(each);
      if (!named.matches()) {
        file = file.or(() -> Optional.of(Path.of(each)));
      } else if (named.group(1).equals(database)) {
        return Optional.of(new String(Secret.fromFile(Path.of(named.group(2))).read()));
      }
    }
    if (file.isPresent()) {
      return Optional.of(new String(Secret.fromFile(file.get()).read()));
    }
    return System.getenv(PASSWORD_VARIABLE) == null
        ? Optional.empty()
        : Optional.of(new String(Secret.fromEnvironment(PASSWORD_VARIABLE).read()));
  }

  /**
   * Opens those that can be.
   *
   * @throws IllegalArgumentException if none was given, or as {@link #given}
   */
  public Opened open(Duration timeout) {
    if (urls.isEmpty()) {
      throw new IllegalArgumentException(
          "which databases? Give --database, for each that takes part");
    }
    Given given = given(timeout);
    List<Participant> participants = new ArrayList<>();
    List<BranchList> lists = new ArrayList<>();
    Map<String, String> addresses = new LinkedHashMap<>();
    Map<String, String> unreachable = new LinkedHashMap<>(given.unusable());
    for (NamedDatabase each : given.databases()) {
      try {
        each.participant(timeout).ifPresent(participants::add);
        lists.addAll(each.lists(timeout));
        addresses.put(each.name(), each.address());
      } catch (SQLException | IllegalStateException e) {
        unreachable.put(each.name(), String.valueOf(e.getMessage()));
      }
    }
    return new Opened(participants, lists, addresses, unreachable);
  }
}
