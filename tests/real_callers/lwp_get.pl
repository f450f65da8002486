use LWP::UserAgent;

print LWP::UserAgent->new->get('@URL@')->content;
