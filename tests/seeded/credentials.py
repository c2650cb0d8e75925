"""Faults in slips, resets, the owner's proof, and in linking people, each with the test that finds it."""

from __future__ import annotations

from tests.seeded import Seeded

SLIPS = "tests/pages/test_slips.py::test_"
ACCOUNT = "tests/pages/test_account.py::test_"
ALONE = f"{SLIPS}an_office_alone_opens_no_account_that_is_in_use"
BOTH = f"{SLIPS}two_give_a_new_password_and_the_owner_hears_of_it_before_and_after"
PROOF = f"{SLIPS}what_only_the_owner_reads_stays_closed_until_he_proves_it"
FIVE = f"{SLIPS}five_wrong_proofs_and_only_two_officers_help"
NARROW = f"{SLIPS}a_reset_opens_no_more_than_the_school_that_gave_it"
STOP = f"{SLIPS}the_owner_stops_it_and_the_code_is_dead"
LATER = f"{SLIPS}a_first_slip_opens_no_account_that_has_been_opened_meanwhile"
TWO_SCHOOLS = f"{SLIPS}two_schools_of_one_parent_know_nothing_of_each_others_requests"
CLASS = f"{SLIPS}slips_for_a_class_are_random_shown_once_and_for_those_who_wait"
LEFT = f"{SLIPS}who_left_since_gets_no_slip_and_after_a_week_nobody_does"
LEADS = f"{SLIPS}who_leads_the_school_is_reset_by_a_leader_or_the_bureau"
BUREAU = f"{SLIPS}the_city_asks_for_an_officer_whom_nobody_at_the_school_can_help"
CITY = f"{SLIPS}the_city_gives_a_county_its_slip_alone_and_it_opens_no_children"
OTHER = f"{SLIPS}a_teacher_of_another_school_is_not_there"
NAMED = f"{ACCOUNT}naming_somebody_of_another_school_links_nobody"
ROSTER = f"{ACCOUNT}a_roster_that_names_somebody_of_another_school_links_nobody"
TAPS = "tests/pages/test_sign_in.py::test_of_two_taps_with_one_code_one_works"
JOINS = f"{ACCOUNT}a_parent_of_two_schools_joins_his_slips_himself"
FOREIGN = f"{ACCOUNT}a_slip_of_somebody_else_is_not_joined"
TIED = f"{ACCOUNT}who_is_tied_elsewhere_is_corrected_by_himself"
PAPER = f"{ACCOUNT}a_recovery_code_is_shown_once_and_proves_the_owner_once"

ACTIONS = "practice/slips/actions.py"
ACCOUNTS = "registry/accounts/actions.py"
JOINING = "registry/access/joining.py"
PEOPLE = "registry/people/queries.py"

FAULTS = (
    Seeded(
        "slips are printed before another one agrees",
        ACTIONS,
        """if not row.is_agreed or row.kind == Kind.MET:
            raise DomainError("not_agreed", "还没有另一位确认，不能打印。")
        if row.last_day is None or""",
        "if row.last_day and",
        ALONE,
    ),
    Seeded(
        "somebody in use stands in a batch",
        "practice/slips/queries.py",
        "return active_accounts().filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)",
        "return active_accounts()",
        ALONE,
    ),
    Seeded(
        "who asks agrees himself",
        "registry/access/decisions.py",
        "demand_another(row.asked_by_id, actor.person_id,",
        "demand_another(row.pk, actor.person_id,",
        ALONE,
    ),
    Seeded(
        "the database lets one person be both",
        "practice/slips/migrations/0001_initial.py",
        "models.Q(('decided_by', models.F('asked_by')), _negated=True)",
        "models.Q(('decided_by__isnull', False))",
        ALONE,
    ),
    Seeded(
        "the owner hears nothing when it is asked",
        ACTIONS,
        "if kind == Kind.RESET:",
        "if kind == Kind.MET:",
        BOTH,
    ),
    Seeded(
        "the owner hears nothing when it has happened",
        ACCOUNTS,
        "[account.person_id], role=EVERY_HAT, school=None, student=None, title=RESET_SAID,",
        "[], role=EVERY_HAT, school=None, student=None, title=RESET_SAID,",
        BOTH,
    ),
    Seeded("a reset is written down as a first activation", ACCOUNTS, "deed.entry = RESET", "pass", BOTH),
    Seeded(
        "the entry of a reset names no account",
        ACCOUNTS,
        "deed.actor, deed.about = AccountDoer(account), account",
        "deed.about = account",
        BOTH,
    ),
    Seeded(
        "the entry of slips names no accounts", ACCOUNTS, "accounts=[str(key) for key in codes], ", "", BOTH
    ),
    Seeded(
        "a reset account is not locked",
        ACCOUNTS,
        "account.locked, account.wrong_proofs = place, True, 0",
        "account.locked, account.wrong_proofs = place, False, 0",
        BOTH,
    ),
    Seeded(
        "a reset account is not narrowed",
        ACCOUNTS,
        "account.narrowed_to, account.locked, account.wrong_proofs = place, True, 0",
        'account.narrowed_to, account.locked, account.wrong_proofs = "", True, 0',
        BOTH,
    ),
    Seeded(
        "no page says that the owner is to prove it",
        "portal/home/shell.py",
        'reverse("account:proof") if actor.locked else ""',
        '""',
        BOTH,
    ),
    Seeded(
        "what is one's own stays open",
        "registry/access/middleware.py",
        "if isinstance(need, Permission) and need.own and actor.locked:",
        "if False:",
        PROOF,
    ),
    Seeded(
        "notes are not one's own",
        "practice/talks/policy.py",
        '最迟 90 天后删除",\n    own=True,',
        '最迟 90 天后删除",',
        PROOF,
    ),
    Seeded(
        "any password is a proof",
        ACCOUNTS,
        "if not code and not check_password(secret, account.former_password):",
        "if False:",
        PROOF,
    ),
    Seeded(
        "the new password is a proof",
        ACCOUNTS,
        "check_password(secret, account.former_password)",
        "check_password(secret, account.password)",
        PROOF,
    ),
    Seeded(
        "a proof opens nothing",
        ACCOUNTS,
        "        _open(account)\n\n\ndef _open",
        "        pass\n\n\ndef _open",
        PROOF,
    ),
    Seeded(
        "the actor does not know that he is locked",
        "registry/access/middleware.py",
        "hat, others, account.locked)",
        "hat, others)",
        PROOF,
    ),
    Seeded(
        "wrong proofs are not counted",
        ACCOUNTS,
        'if not tries.update(wrong_proofs=F("wrong_proofs") + 1):',
        "if not tries.exists():",
        FIVE,
    ),
    Seeded(
        "one officer has met him", ACTIONS, 'if step == "agree" and row.kind == Kind.MET:', "if False:", FIVE
    ),
    Seeded(
        "slips are printed for a meeting",
        ACTIONS,
        "or row.kind == Kind.MET:\n            raise",
        "or False:\n            raise",
        FIVE,
    ),
    Seeded(
        "a second reset replaces the former password",
        ACCOUNTS,
        "if not account.former_password:\n        account",
        "if True:\n        account",
        f"{SLIPS}a_second_reset_does_not_replace_what_the_owner_is_asked_for",
    ),
    Seeded(
        "a narrowed account wears every hat",
        "registry/access/middleware.py",
        "hats_of(account.person, today(), account.narrowed_to)",
        "hats_of(account.person, today())",
        NARROW,
    ),
    Seeded(
        "a narrowed guardian reads all his children",
        "registry/access/rules.py",
        "children(actor.person_id, schools=actor.hat.schools)",
        "children(actor.person_id)",
        NARROW,
    ),
    Seeded(
        "a narrowed guardian's hat reaches all schools",
        "registry/access/hats.py",
        "frozenset(school for school in hat.schools if str(school) == place)",
        "hat.schools",
        NARROW,
    ),
    Seeded(
        "two officers open what another school gave",
        ACTIONS,
        "met(line.account, whole=whole, actor=actor)",
        "met(line.account, whole=True, actor=actor)",
        NARROW,
    ),
    Seeded("a code does not know its school", ACTIONS, "            place=str(row.school_id),\n", "", BOTH),
    Seeded(
        "what is stopped stays good",
        ACTIONS,
        'drop_codes(row.lines.values_list("account", flat=True))',
        "pass",
        STOP,
    ),
    Seeded(
        "what is stopped may be printed again",
        "practice/slips/models.py",
        "self.state == Decision.AGREED and not self.stopped_at",
        "self.state == Decision.AGREED",
        STOP,
    ),
    Seeded(
        "anybody stops it",
        "practice/slips/queries.py",
        "rows.filter(lines__account=actor.account_id)",
        "rows.filter(lines__isnull=False)",
        STOP,
    ),
    Seeded(
        "the office does not hear that it was stopped",
        ACTIONS,
        'key=f"slips-stopped:{row.pk}",\n        )',
        'key=f"slips-stopped:{row.pk}",\n        ) if False else None',
        STOP,
    ),
    Seeded(
        "an old slip resets an account in use",
        ACCOUNTS,
        "held is None or (held.account.is_activated and not held.resets)",
        "held is None",
        LATER,
    ),
    Seeded(
        "of two taps with one code both work",
        ACCOUNTS,
        "if not ActivationCode.objects.filter(pk=held.pk, used_at__isnull=True).update(used_at=at):",
        "if not ActivationCode.objects.filter(pk=held.pk).update(used_at=at):",
        TAPS,
    ),
    Seeded(
        "who has used his slip gets another",
        ACTIONS,
        "    return dormant().exclude(pk__in=good",
        "    return active_accounts().exclude(pk__in=good",
        CLASS,
    ),
    Seeded(
        "a slip for a class goes to the school",
        "practice/slips/queries.py",
        "held = held.filter(class_group=group) if group else held",
        "held = held",
        CLASS,
    ),
    Seeded(
        "the log does not say for whom slips were printed",
        ACTIONS,
        "        deed.subjects = _students(people)\n",
        "",
        CLASS,
    ),
    Seeded(
        "who has left gets his slip",
        "practice/slips/queries.py",
        "return of_staff(staff.exclude(state__in=LEFT).select_related",
        "return of_staff(staff.select_related",
        LEFT,
    ),
    Seeded(
        "an agreement is good for ever",
        ACTIONS,
        "if row.last_day is None or today() > row.last_day:",
        "if False:",
        LEFT,
    ),
    Seeded(
        "two of the office reset the leader",
        ACTIONS,
        "if (row.above or leads(owners)) and actor.role not in SAYS_ABOVE:",
        "if False:",
        LEADS,
    ),
    Seeded(
        "nobody knows that it is a leader",
        ACTIONS,
        "above=leads(owners) or (kind == Kind.MET and whom == Whom.STAFF),",
        "above=False,",
        LEADS,
    ),
    Seeded("the owner agrees himself", ACTIONS, "if actor.person_id in owners:", "if False:", LEADS),
    Seeded(
        "the bureau reads names",
        "practice/slips/tables.py",
        "        if self.request.actor.role in BUREAUS:\n            return f",
        "        if False:\n            return f",
        LEADS,
    ),
    Seeded(
        "another county decides",
        "practice/slips/rules.py",
        "return _above_schools(actor) & Q(school__bureau_id=actor.hat.bureau_id)",
        "return _above_schools(actor)",
        LEADS,
    ),
    Seeded(
        "the city cannot print what it asked for",
        "practice/slips/rules.py",
        "return Q(by_bureau=True)",
        "return Q(by_bureau=False)",
        BUREAU,
    ),
    Seeded(
        "a county asks for an officer of a school",
        "practice/slips/policy.py",
        '{Role.CITY: Scope.CITY}, "须另一人确认"',
        'BUREAUS, "须另一人确认"',
        BUREAU,
    ),
    Seeded(
        "one of the city gives himself a slip",
        "registry/access/actions/grants.py",
        "others = office.without(row.person_id)",
        "others = office",
        CITY,
    ),
    Seeded(
        "a bureau's reset keeps children",
        "registry/access/hats.py",
        "return replace(hat, schools=schools) if schools else None",
        "return hat",
        CITY,
    ),
    Seeded(
        "slips for staff of another school",
        "practice/slips/queries.py",
        "rows = Staff.objects.seen_by(actor, SLIP_FOR_STAFF)",
        'rows = Staff.objects.as_system("all")',
        OTHER,
    ),
    Seeded(
        "what another school waits for is refused here",
        ACTIONS,
        "SlipRequest.objects.filter(school=school, kind=kind, state=Decision.ASKED",
        "SlipRequest.objects.filter(kind=kind, state=Decision.ASKED",
        TWO_SCHOOLS,
    ),
    Seeded(
        "whom one school has met and one the other, two have met",
        "practice/slips/queries.py",
        "rows = SlipRequest.objects.seen_by(actor, SLIP_DECIDE).exclude(asked_by",
        'rows = SlipRequest.objects.as_system("all").exclude(asked_by',
        TWO_SCHOOLS,
    ),
    Seeded(
        "guardians of another school",
        "practice/slips/queries.py",
        "rows = GuardianLink.objects.of(student=students)",
        'rows = GuardianLink.objects.as_system("all")',
        OTHER,
    ),
    Seeded(
        "what is one's own is covered",
        "registry/access/policy.py",
        "issuer in permission.roles and permission.roles[owner] in WIDER.get(permission.roles[issuer], ())",
        "True",
        f"{SLIPS}by_the_table_nobody_in_a_school_covers_an_owner",
    ),
    Seeded(
        "a name and a phone find people of other schools",
        PEOPLE,
        "Person.objects.filter(Exists(wards) | Exists(posts), mobile_digest__in=some)",
        "Person.objects.filter(mobile_digest__in=some)",
        NAMED,
    ),
    Seeded(
        "a child of any school makes one known",
        PEOPLE,
        "GuardianLink.objects.filter(now, student__school=school, person=OuterRef",
        "GuardianLink.objects.filter(now, person=OuterRef",
        NAMED,
    ),
    Seeded(
        "a post at any school makes one known",
        PEOPLE,
        'Staff.objects.filter(school=school, person=OuterRef("pk"))',
        'Staff.objects.filter(person=OuterRef("pk"))',
        ROSTER,
    ),
    Seeded(
        "a joined slip's account stays open",
        JOINING,
        "Account.objects.filter(pk=other.pk).update(is_active=False)",
        "pass",
        JOINS,
    ),
    Seeded("joining hands over no children", JOINING, "    links.update(person=taker)\n", "", JOINS),
    Seeded("a joined code stays good", JOINING, "        use_up(held)\n", "", JOINS),
    Seeded(
        "a roster changes the phone of who is tied elsewhere",
        "practice/rosters/queries/students.py",
        "return self.other_phone and not self.theirs",
        "return self.other_phone",
        JOINS,
    ),
    Seeded(
        "the roster does not say what it left",
        "practice/rosters/queries/students.py",
        "位家长的电话由本人管理",
        "位家长",
        JOINS,
    ),
    Seeded(
        "anybody's slip is joined",
        JOINING,
        "if tidy(other.person.name) != tidy(account.person.name):",
        "if False:",
        FOREIGN,
    ),
    Seeded(
        "a student's slip is joined",
        JOINING,
        "if other.person.schooling.exists():",
        "if False:",
        FOREIGN,
    ),
    Seeded(
        "who has not proved it joins",
        JOINING,
        "if account.locked or account.narrowed_to:",
        "if False:",
        FOREIGN,
    ),
    Seeded(
        "an office renames who is tied elsewhere",
        "registry/people/actions.py",
        "if tied_elsewhere([person.pk], school_id):",
        "if False:",
        TIED,
    ),
    Seeded(
        "a phone is changed without the password",
        "portal/account/forms.py",
        "            self.prove(password)\n",
        "            pass\n",
        TIED,
    ),
    Seeded(
        "a recovery code works twice",
        ACCOUNTS,
        '            account.recovery_digest = ""\n',
        "            pass\n",
        PAPER,
    ),
    Seeded(
        "who has not proved it gets a recovery code",
        ACCOUNTS,
        '    if account.locked or account.narrowed_to:\n        raise DomainError("not_proved", "请先核实是您本人，再换',
        '    if False:\n        raise DomainError("not_proved", "请先核实是您本人，再换',
        PAPER,
    ),
    Seeded(
        "what its owner stops at the same moment is agreed to",
        ACTIONS,
        '            row.refresh_from_db(fields=["stopped_at"])\n',
        "",
        f"{SLIPS}nobody_agrees_to_what_its_owner_stopped_at_the_same_moment",
    ),
    Seeded(
        "a phone left lying asks for a colleague's slip",
        "practice/slips/policy.py",
        'confidential=("new", "staff", "officer"),',
        "",
        "tests/pages/test_locked.py::test_which_addresses_ask_follows_from_the_table",
    ),
)
