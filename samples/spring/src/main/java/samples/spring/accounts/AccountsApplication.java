package samples.spring.accounts;

import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** The service of accounts. */
@SpringBootApplication
public class AccountsApplication {

  @Bean
  DataSource accountsDatabase(@Value("${accounts.database}") String url) {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL(url);
    return database;
  }
}
