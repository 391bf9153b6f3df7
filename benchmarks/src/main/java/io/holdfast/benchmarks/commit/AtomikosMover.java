package io.holdfast.benchmarks.commit;

import com.atomikos.icatch.config.UserTransactionServiceImp;
import com.atomikos.icatch.jta.UserTransactionManager;
import com.atomikos.jdbc.AtomikosDataSourceBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Atomikos TransactionsEssentials with its own pool. One at a time in a JVM. */
final class AtomikosMover implements Mover {

  private static final int MOST_CONNECTIONS = 48;

  private final UserTransactionServiceImp service;
  private final UserTransactionManager manager = new UserTransactionManager();
  private final List<AtomikosDataSourceBean> sources = new ArrayList<>();

  /** {@code settings} beside the defaults. */
  AtomikosMover(Path log, List<String> urls, int clients, Map<String, String> settings)
      throws Exception {
    Files.createDirectories(log);
    Properties properties = new Properties();
    properties.setProperty("com.atomikos.icatch.log_base_dir", log.toString());
    properties.setProperty("com.atomikos.icatch.log_base_name", "atomikos");
    properties.setProperty("com.atomikos.icatch.tm_unique_name", "bench");
    properties.setProperty("com.atomikos.icatch.max_actives", "-1");
    properties.setProperty("com.atomikos.icatch.threaded_2pc", "true");
    properties.setProperty("com.atomikos.icatch.default_jta_timeout", "60000");
    settings.forEach(properties::setProperty);
    this.service = new UserTransactionServiceImp(properties);
    int connections = Math.min(clients, MOST_CONNECTIONS);
    for (String url : urls) {
      AtomikosDataSourceBean source = new AtomikosDataSourceBean();
      source.setUniqueResourceName("ledger-" + sources.size());
      source.setXaDataSource(XaPool.source(url));
      source.setMinPoolSize(connections);
      source.setMaxPoolSize(connections);
      source.setBorrowConnectionTimeout(60);
      sources.add(source);
      source.init();
    }
    service.init();
    manager.init();
  }

  @Override
  public void move(int from, int to) throws Exception {
    manager.begin();
    boolean done = false;
    try {
      change(sources.get(0), from, -1);
      change(sources.get(1), to, 1);
      done = true;
    } finally {
      if (!done) {
        manager.rollback();
      }
    }
    manager.commit();
  }

  private static void change(AtomikosDataSourceBean source, int account, int amount)
      throws SQLException {
    try (Connection connection = source.getConnection()) {
      Ledgers.change(connection, account, amount);
    }
  }

  @Override
  public void close() {
    manager.close();
    service.shutdown(true);
    sources.forEach(AtomikosDataSourceBean::close);
  }
}
