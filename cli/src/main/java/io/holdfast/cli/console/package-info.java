/**
 * What the commands share: {@code ClusterConnection} has the options for a cluster, {@code Listing}
 * prints rows as a table or as JSON, {@code Confirmation} is {@code --yes}.
 */
@NullMarked
package io.holdfast.cli.console;

import org.jspecify.annotations.NullMarked;
