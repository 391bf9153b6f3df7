package io.holdfast.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import org.junit.jupiter.api.Test;

/** What a command prints on standard error besides its own line. */
final class LogLevelsTest {

  @Test
  void libraries_areSilentUnlessAskedFor() throws JoranException {
    LoggerContext context = new LoggerContext();
    JoranConfigurator reader = new JoranConfigurator();
    reader.setContext(context);
    reader.doConfigure("src/main/resources/logback.xml");

    for (String each :
        new String[] {
          "io.etcd.jetcd.Watch", "org.apache.zookeeper.ClientCnxn", "io.grpc.netty", "org.mariadb"
        }) {
      assertThat(context.getLogger(each).getEffectiveLevel()).as(each).isEqualTo(Level.OFF);
    }
    assertThat(context.getLogger("io.holdfast.cli").getEffectiveLevel()).isEqualTo(Level.ERROR);
  }
}
