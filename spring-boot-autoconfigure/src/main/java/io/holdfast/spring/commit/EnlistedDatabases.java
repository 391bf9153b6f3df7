package io.holdfast.spring.commit;

import io.holdfast.transaction.jdbc.PostgresOptions;
import io.holdfast.transaction.jdbc.PostgresParticipant;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;

/** The databases of the properties, opened when the application starts, and of its own beans. */
final class EnlistedDatabases implements AutoCloseable {

  private final List<EnlistedDatabase> all;
  private final List<PostgresParticipant> opened = new ArrayList<>();

  /**
   * Blocks for a round trip to each.
   *
   * @throws IllegalStateException if one cannot take part
   */
  EnlistedDatabases(
      TransactionsProperties properties, List<EnlistedDatabase> given, BeanFactory beans) {
    all = new ArrayList<>(given);
    try {
      properties.databases().forEach((name, database) -> all.add(open(name, database, beans)));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private EnlistedDatabase open(
      String name, TransactionsProperties.Database database, BeanFactory beans) {
    String property = "holdfast.transactions.databases." + name;
    DataSource source = bean(beans, property + ".data-source", database.dataSource());
    DataSource control =
        database.control() == null
            ? source
            : bean(beans, property + ".control", database.control());
    PostgresOptions options =
        PostgresOptions.defaults()
            .withThreads(database.threads())
            .withControlTimeout(database.controlTimeout());
    try {
      PostgresParticipant participant = PostgresParticipant.open(name, source, control, options);
      opened.add(participant);
      return new EnlistedDatabase(source, participant);
    } catch (SQLException | IllegalStateException e) {
      throw new IllegalStateException(
          "the database of "
              + property
              + " cannot take part in global transactions: "
              + e.getMessage(),
          e);
    }
  }

  private static DataSource bean(BeanFactory beans, String property, String name) {
    try {
      return beans.getBean(name, DataSource.class);
    } catch (NoSuchBeanDefinitionException e) {
      throw new IllegalStateException(property + " names no bean of a data source: " + name, e);
    }
  }

  List<EnlistedDatabase> all() {
    return all;
  }

  @Override
  public void close() {
    opened.forEach(PostgresParticipant::close);
  }
}
