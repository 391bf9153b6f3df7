package io.holdfast.cli.transactions;

import picocli.CommandLine.Command;

/** {@code holdfast transactions}. */
@Command(
    name = "transactions",
    description = "Commits across databases: what is in doubt, why, and how it ends.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ListTransactions.class,
      ShowTransaction.class,
      ExplainTransaction.class,
      ResolveTransaction.class,
      ListProposals.class,
      WithdrawProposal.class,
      ListEpochs.class
    })
public final class TransactionsCommand {}
