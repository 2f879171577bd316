/* cli/subcommands.h - every subcommand's commands, each list ended by a row without `run`; main.c
 * names them. The list of a noun stands in the file of that noun. */
#pragma once
#include "cli/command.h"

extern const struct command cli_init[], cli_card[], cli_pair[];                    /* post.c */
extern const struct command cli_doctor[];                                          /* doctor.c */
extern const struct command cli_serve[], cli_sync[], cli_parcel[], cli_exchange[]; /* exchange.c */
extern const struct command cli_officer[], cli_mandate[];                          /* officer.c */
extern const struct command cli_fact[];                                            /* fact.c */
extern const struct command cli_import[], cli_export[];                            /* import.c */
extern const struct command cli_evidence[];                                        /* evidence.c */
extern const struct command cli_case[], cli_common[];                              /* case.c */
extern const struct command cli_duty[];                                            /* duty.c */
extern const struct command cli_meeting[];                                         /* meeting.c */
extern const struct command cli_register[];                                        /* register.c */
extern const struct command cli_line[];                                            /* line.c */
extern const struct command cli_release[];                                         /* release.c */
extern const struct command cli_act[], cli_dossier[], cli_journal[], cli_verify[]; /* paper.c */
extern const struct command cli_backup[], cli_restore[], cli_recover[],
    cli_rebuild[];                      /* backup.c */
extern const struct command cli_key[];  /* key.c */
extern const struct command cli_pack[]; /* pack.c */
extern const struct command cli_play[]; /* play.c */
