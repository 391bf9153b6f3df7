package io.holdfast.payment.files;

import io.holdfast.cli.CommandProvider;
import java.util.List;

/** The commands for files of payments, and others that ask payment nodes. */
public final class FileCommands implements CommandProvider {

  @Override
  public List<Class<?>> commands() {
    return List.of(
        PayCommand.class, StatementCommand.class, ShardsCommand.class, TopUpsCommand.class);
  }
}
