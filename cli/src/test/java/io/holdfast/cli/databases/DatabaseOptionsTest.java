package io.holdfast.cli.databases;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class DatabaseOptionsTest {

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://h:5432/accounts, accounts",
    "jdbc:postgresql://h:5432/seats_pg, seats_pg",
    "jdbc:postgresql://h/Accounts?sslrootcert=/etc/ca.pem, accounts",
    "jdbc:postgresql:accounts, accounts",
    "jdbc:h2:mem:seats;DB_CLOSE_DELAY=-1, seats",
    "jdbc:postgresql://h:5432/, database-1",
    "seats=jdbc:postgresql://h:5432/accounts, seats",
  })
  void name_notGiven_isTheDatabasesOwn(String given, String name) {
    DatabaseOptions databases =
        CommandLine.populateCommand(new DatabaseOptions(), "--database", given);

    assertThat(databases.given(Duration.ofSeconds(1)).databases())
        .extracting(NamedDatabase::name)
        .containsExactly(name);
  }
}
