package io.holdfast.cli.transactions;

import io.holdfast.coordination.security.Secret;
import io.holdfast.transaction.jdbc.PostgresOptions;
import io.holdfast.transaction.jdbc.PostgresParticipant;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import picocli.CommandLine.Option;

/** Which databases a command looks at. A password never stands on a command line. */
public final class Databases {

  private static final String PASSWORD_VARIABLE = "HOLDFAST_DATABASE_PASSWORD";
  private static final Pattern NAMED =
      Pattern.compile("(?:([a-z0-9][a-z0-9-]{0,62})=)?(jdbc:[a-z]+:.*)");
  private static final Pattern LAST_SEGMENT = Pattern.compile(".*/([^/?]+)(?:[?].*)?");
  private static final Pattern SECRET = Pattern.compile("(?i).*([?&;](ssl)?password=|//[^/?]*@).*");

  @Option(
      names = "--database",
      paramLabel = "[NAME=]URL",
      description =
          "a database, such as accounts=jdbc:postgresql://host:5432/accounts, under the name that"
              + " its participant has (default: the database's own name); may be given several times")
  private List<String> urls = new ArrayList<>();

  @Option(
      names = "--database-user",
      paramLabel = "NAME",
      defaultValue = "${env:HOLDFAST_DATABASE_USER}",
      description =
          "who logs in to all of them; by default $HOLDFAST_DATABASE_USER, or what the URL says")
  private @Nullable String user;

  @Option(
      names = "--database-password-file",
      paramLabel = "FILE",
      defaultValue = "${env:HOLDFAST_DATABASE_PASSWORD_FILE}",
      description =
          "whose first line is the password; by default $HOLDFAST_DATABASE_PASSWORD_FILE, and"
              + " without one $HOLDFAST_DATABASE_PASSWORD, or what ~/.pgpass says")
  private @Nullable Path passwordFile;

  /**
   * One of them.
   *
   * @param name its participant's
   * @param source where connections come from
   */
  public record Database(String name, DataSource source) {}

  /**
   * Those that could be opened as participants.
   *
   * @param participants each a database
   * @param unreachable the others, with why
   */
  record Opened(List<PostgresParticipant> participants, Map<String, String> unreachable)
      implements AutoCloseable {
    @Override
    public void close() {
      participants.forEach(PostgresParticipant::close);
    }
  }

  /**
   * All that were given.
   *
   * @param timeout for connecting and for each answer
   * @throws IllegalArgumentException if one is no address, or has a password in it
   */
  public List<Database> given(Duration timeout) {
    Map<String, Database> given = new LinkedHashMap<>();
    for (String url : urls) {
      if (SECRET.matcher(url).matches()) {
        throw new IllegalArgumentException(
            "a --database has a password in it, which everybody on this machine can see: put it"
                + " into a file and give --database-password-file, and change it");
      }
      Matcher form = NAMED.matcher(url);
      if (!form.matches() || !form.group(2).startsWith("jdbc:postgresql:")) {
        throw new IllegalArgumentException(
            "not a database: " + url + "; give jdbc:postgresql://host:5432/name, for example");
      }
      String name = form.group(1) == null ? name(form.group(2), given.size()) : form.group(1);
      if (given.put(name, new Database(name, source(form.group(2), timeout))) != null) {
        throw new IllegalArgumentException(
            "two databases are called " + name + ": give NAME=URL for each");
      }
    }
    return List.copyOf(given.values());
  }

  private static String name(String url, int number) {
    Matcher segment = LAST_SEGMENT.matcher(url);
    String last = segment.matches() ? segment.group(1).toLowerCase(Locale.ROOT) : "";
    return last.matches("[a-z0-9][a-z0-9-]{0,62}") ? last : "database-" + (number + 1);
  }

  private DataSource source(String url, Duration timeout) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url);
    int seconds = (int) Math.max(1, Math.min(Integer.MAX_VALUE, timeout.toSeconds()));
    source.setConnectTimeout(seconds);
    source.setSocketTimeout(seconds);
    source.setApplicationName("holdfast-cli");
    if (user != null) {
      source.setUser(user);
    }
    if (passwordFile != null) {
      source.setPassword(new String(Secret.fromFile(passwordFile).read()));
    } else if (System.getenv(PASSWORD_VARIABLE) != null) {
      source.setPassword(new String(Secret.fromEnvironment(PASSWORD_VARIABLE).read()));
    }
    return source;
  }

  /**
   * Opens those that can be.
   *
   * @throws IllegalArgumentException if none was given, or as {@link #given}
   */
  Opened open(Duration timeout) {
    if (urls.isEmpty()) {
      throw new IllegalArgumentException(
          "which databases? Give --database, for each that takes part");
    }
    List<PostgresParticipant> participants = new ArrayList<>();
    Map<String, String> unreachable = new LinkedHashMap<>();
    PostgresOptions options = PostgresOptions.defaults().withThreads(1).withControlTimeout(timeout);
    for (Database each : given(timeout)) {
      try {
        participants.add(
            PostgresParticipant.open(each.name(), each.source(), each.source(), options));
      } catch (SQLException | IllegalStateException e) {
        unreachable.put(each.name(), String.valueOf(e.getMessage()));
      }
    }
    return new Opened(participants, unreachable);
  }
}
